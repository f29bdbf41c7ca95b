namespace Spate.Client.Serialization;

/// <summary>A serialiser whose values all have the same number of bytes, by which lists of them are written (<see cref="ListSerializer{T}"/>).</summary>
internal interface IFixedSize
{
    /// <summary>Bytes of each value; null where one that stands behind another finds that the other's differ.</summary>
    int? SizeInBytes { get; }
}
