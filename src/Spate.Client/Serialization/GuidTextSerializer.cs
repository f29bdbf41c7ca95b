using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Spate.Client.Serialization;

/// <summary>
/// Thirty-six characters, as Kafka's UUIDSerializer writes them. <see cref="Serializers.Default"/> has the shorter <see cref="GuidSerializer"/>; put this one in its place, as
/// <c>With&lt;Guid&gt;(text, text)</c>, to share records with programs in Java.
/// </summary>
public sealed class GuidTextSerializer : ISerializer<Guid>, IDeserializer<Guid>, IFixedSize
{
    private const int Size = 36;

    int? IFixedSize.SizeInBytes => Size;

    /// <inheritdoc/>
    public void Serialize(Guid value, IBufferWriter<byte> destination, SerializationContext context)
    {
        value.TryFormat(destination.GetSpan(Size), out var written);
        destination.Advance(written);
    }

    /// <inheritdoc/>
    public Guid Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) =>
        Utf8Parser.TryParse(bytes, out Guid value, out var read) && read == bytes.Length
            ? value
            : throw new FormatException($"A Guid has {Size} characters, with hyphens; these are '{Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, Size)])}' ({bytes.Length} bytes).");
}
