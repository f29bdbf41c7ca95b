using System.Globalization;

namespace Spate.Client.Load;

/// <summary>What the command line says; the names and defaults are those of rdkafka-load.</summary>
internal sealed class LoadOptions
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    public LoadOptions(string[] arguments)
    {
        for (var index = 1; index < arguments.Length; index += 2)
        {
            _given[arguments[index]] = index + 1 < arguments.Length ? arguments[index + 1] : throw new FormatException($"{arguments[index]} has no value.");
        }
    }

    public string Servers => Text("--servers", null);

    public string Topic => Text("--topic", null);

    public int RecordBytes => Number("--record", "100");

    public int Partitions => Number("--partitions", "4");

    public int BufferKib => Number("--buffer-kib", "32768");

    public string Acks => Text("--acks", "all");

    public bool IsIdempotent => bool.Parse(Text("--idempotent", "false"));

    public string Codec => Text("--codec", "none");

    public int LingerMs => Number("--linger", "5");

    public int BatchBytes => Number("--batch", "65536");

    public int InFlight => Number("--in-flight", "5");

    public int FetchWaitMs => Number("--fetch-wait", "10");

    /// <summary>How records are consumed: "record" by record, by "batch", or "raw", without copies.</summary>
    public string By => Text("--by", "raw");

    private string Text(string name, string? unlessGiven) =>
        _given.GetValueOrDefault(name) ?? unlessGiven ?? throw new FormatException($"{name} is missing.");

    private int Number(string name, string? unlessGiven) => int.Parse(Text(name, unlessGiven), NumberStyles.None, CultureInfo.InvariantCulture);
}
