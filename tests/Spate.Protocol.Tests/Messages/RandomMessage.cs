using System.Collections;
using System.Reflection;
using Spate.Protocol.Errors;
using Spate.Protocol.Generator.Schemas;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>Makes messages that hold anything a version can carry, and nothing else.</summary>
internal sealed class RandomMessage
{
    private const int LongestList = 3;
    private const int LongestBytes = 40;

    private static readonly string[] Texts = ["", "a", "orders", "é", "世界", "🚀", new('x', 126), new('y', 127), new('ü', 300), new('z', 5_000)];

    private readonly Random _random;
    private readonly short _version;

    private RandomMessage(Random random, short version)
    {
        _random = random;
        _version = version;
    }

    public static IMessage Make(MessageType type, short version, Random random)
    {
        var message = type.Create();
        new RandomMessage(random, version).Fill(message, SchemaFolder.Messages[type.Name].Body);
        return message;
    }

    /// <summary>Any value of the field's type that is not null.</summary>
    public static object Value(FieldSchema field, PropertyInfo property, short version, Random random) =>
        new RandomMessage(random, version).Value(field, property.PropertyType);

    private void Fill(object target, StructSchema schema)
    {
        foreach (var field in schema.Fields.Where(field => field.Versions.Contains(_version)))
        {
            var property = target.GetType().GetProperty(field.Name)!;
            if (_random.Next(4) == 0)
            {
                if (field.Nullable?.Contains(_version) == true && field.Scalar is not { IsRecords: true })
                {
                    property.SetValue(target, null);
                }

                continue;
            }

            property.SetValue(target, Value(field, property.PropertyType));
        }
    }

    private object Value(FieldSchema field, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!field.IsArray)
        {
            return field.Struct is { } structure ? Structure(structure, type) : Scalar(field.Scalar!.Name);
        }

        var list = (IList)Activator.CreateInstance(type)!;
        for (var left = _random.Next(LongestList + 1); left > 0; left--)
        {
            list.Add(field.Struct is { } element ? Structure(element, type.GetGenericArguments()[0]) : Scalar(field.Scalar!.Name));
        }

        return list;
    }

    private object Structure(StructSchema schema, Type type)
    {
        var made = Activator.CreateInstance(type)!;
        Fill(made, schema);
        return made;
    }

    private object Scalar(string name) => name switch
    {
        "bool" => _random.Next(2) == 0,
        "int8" => (sbyte)Number(),
        "int16" => (short)Number(),
        "int32" => (int)Number(),
        "int64" => Number(),
        "uint16" => (ushort)Number(),
        "uint32" => (uint)Number(),
        "float64" => Number() / 7.0,
        "uuid" => new Uuid((ulong)Number(), (ulong)Number()),
        "error" => (ErrorCode)(short)Number(),
        "string" => Texts[_random.Next(Texts.Length)],
        "bytes" => new ReadOnlyMemory<byte>(Bytes(LongestBytes)),
        "records" => new RecordsPayload(Bytes(_random.Next(2) == 0 ? LongestBytes : 3 * MessageWriter.CopiedPayloadBytes)),
        _ => throw new InvalidOperationException($"There is no type {name}."),
    };

    private long Number() => _random.Next(4) switch
    {
        0 => 0,
        1 => -1,
        2 => _random.Next(-1000, 1000),
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };

    private byte[] Bytes(int longest)
    {
        var bytes = new byte[_random.Next(longest + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
