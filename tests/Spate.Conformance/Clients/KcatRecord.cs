using System.Globalization;
using System.Text;

namespace Spate.Conformance.Clients;

/// <summary>A record as kcat printed it.</summary>
/// <param name="Partition">Where it was.</param>
/// <param name="Offset">Where in there.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Key">The key, or null.</param>
/// <param name="Value">The value, or null.</param>
/// <param name="Headers">The headers, as name=value with commas between them.</param>
internal sealed record KcatRecord(int Partition, long Offset, long Timestamp, byte[]? Key, byte[]? Value, string Headers)
{
    /// <summary>Lengths come before what they measure, so that keys and values may hold any bytes.</summary>
    public const string Format = "%p %o %T %K %S %h\\n%k%s\\n";

    public string Text => Encoding.UTF8.GetString(Value ?? []);

    public static IReadOnlyList<KcatRecord> Parse(ReadOnlySpan<byte> output)
    {
        var records = new List<KcatRecord>();
        while (!output.IsEmpty)
        {
            var end = output.IndexOf((byte)'\n');
            var fields = Encoding.UTF8.GetString(output[..end]).Split(' ', 6);
            output = output[(end + 1)..];
            var key = Take(ref output, int.Parse(fields[3], CultureInfo.InvariantCulture));
            var value = Take(ref output, int.Parse(fields[4], CultureInfo.InvariantCulture));
            output = output[1..];
            records.Add(new KcatRecord(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                long.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[2], CultureInfo.InvariantCulture),
                key,
                value,
                fields[5]));
        }

        return records;
    }

    private static byte[]? Take(ref ReadOnlySpan<byte> output, int length)
    {
        if (length < 0)
        {
            return null;
        }

        var taken = output[..length].ToArray();
        output = output[length..];
        return taken;
    }
}
