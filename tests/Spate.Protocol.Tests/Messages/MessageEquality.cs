using System.Collections;
using System.Reflection;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>Tells where two messages differ, property by property.</summary>
internal static class MessageEquality
{
    /// <summary>The path and values of the first difference; null when there is none.</summary>
    public static string? Difference(object? left, object? right, string path = "")
    {
        return (left, right) switch
        {
            (null, null) => null,
            (RecordsPayload a, RecordsPayload b) =>
                a.IsNull == b.IsNull && a.Bytes.Span.SequenceEqual(b.Bytes.Span) ? null : $"{path}: records differ",
            (ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) => a.Span.SequenceEqual(b.Span) ? null : $"{path}: bytes differ",
            (IList a, IList b) => ListDifference(a, b, path),
            (null, { } other) when IsStructure(other) => Difference(Activator.CreateInstance(other.GetType()), other, path + "(null)"),
            ({ } other, null) when IsStructure(other) => Difference(other, Activator.CreateInstance(other.GetType()), path + "(null)"),
            ({ } a, { } b) when IsStructure(a) && a.GetType() == b.GetType() => StructureDifference(a, b, path),
            _ => Equals(left, right) ? null : $"{path}: {left ?? "null"} is not {right ?? "null"}",
        };
    }

    /// <summary>The properties that carry a message's values.</summary>
    public static IEnumerable<PropertyInfo> Fields(Type type) => type.GetProperties().Where(property => property.CanWrite);

    public static bool IsStructure(object value) =>
        value.GetType() is { IsClass: true, Namespace: "Spate.Protocol.Messages" };

    private static string? ListDifference(IList left, IList right, string path)
    {
        if (left.Count != right.Count)
        {
            return $"{path}: {left.Count} elements are not {right.Count}";
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (Difference(left[i], right[i], $"{path}[{i}]") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? StructureDifference(object left, object right, string path) =>
        Fields(left.GetType())
            .Select(property => Difference(property.GetValue(left), property.GetValue(right), $"{path}.{property.Name}"))
            .FirstOrDefault(difference => difference is not null);
}
