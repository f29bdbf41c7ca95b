namespace Spate.Protocol.Generator.Schemas;

/// <summary>A type that the notation knows by itself.</summary>
internal sealed class ScalarType
{
    private static readonly ScalarType[] All =
    [
        new("bool", "bool", "Boolean", 1),
        new("int8", "sbyte", "Int8", 1),
        new("int16", "short", "Int16", 2),
        new("int32", "int", "Int32", 4),
        new("int64", "long", "Int64", 8),
        new("uint16", "ushort", "UInt16", 2),
        new("uint32", "uint", "UInt32", 4),
        new("float64", "double", "Float64", 8),
        new("uuid", "Uuid", "Uuid", 16),
        new("error", "ErrorCode", "ErrorCode", 2),
        new("string", "string", "String", 0),
        new("bytes", "ReadOnlyMemory<byte>", "Bytes", 0),
        new("records", "RecordsPayload", "Records", 0),
    ];

    private static readonly HashSet<string> Listable = ["int8", "int16", "int32", "int64", "uuid", "string"];

    private ScalarType(string name, string csharp, string method, int size)
    {
        Name = name;
        CSharp = csharp;
        Method = method;
        Size = size;
    }

    /// <summary>The name in the notation.</summary>
    public string Name { get; }

    /// <summary>The type of a property.</summary>
    public string CSharp { get; }

    /// <summary>What reader and writer call it: <c>Read</c> or <c>Write</c> and this.</summary>
    public string Method { get; }

    /// <summary>Bytes on the wire; 0 when that depends on the value.</summary>
    public int Size { get; }

    public bool HasLength => Size == 0;

    public bool IsRecords => Name == "records";

    public bool IsNumber => Name.StartsWith("int", System.StringComparison.Ordinal) || Name.StartsWith("uint", System.StringComparison.Ordinal);

    public bool CanBeListed => Listable.Contains(Name);

    public static ScalarType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
