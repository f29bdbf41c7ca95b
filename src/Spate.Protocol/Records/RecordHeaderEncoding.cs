namespace Spate.Protocol.Records;

/// <summary>Headers as they stand in a record: key length, key, value length (-1 for null), value.</summary>
internal static class RecordHeaderEncoding
{
    public static int SizeOf(ReadOnlySpan<RecordHeader> headers)
    {
        var size = 0;
        foreach (ref readonly var header in headers)
        {
            var valueLength = header.Value?.Length ?? -1;
            size = checked(size
                + RecordVarint.Size(header.Key.Length)
                + header.Key.Length
                + RecordVarint.Size(valueLength)
                + Math.Max(valueLength, 0));
        }

        return size;
    }

    public static void Write(ReadOnlySpan<RecordHeader> headers, Span<byte> destination)
    {
        foreach (ref readonly var header in headers)
        {
            var position = RecordVarint.Write(destination, header.Key.Length);
            header.Key.Span.CopyTo(destination[position..]);
            position += header.Key.Length;
            position += RecordVarint.Write(destination[position..], header.Value?.Length ?? -1);
            if (header.Value is { } value)
            {
                value.CopyTo(destination[position..]);
                position += value.Length;
            }

            destination = destination[position..];
        }
    }
}
