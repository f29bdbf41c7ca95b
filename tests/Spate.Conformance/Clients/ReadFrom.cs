namespace Spate.Conformance.Clients;

/// <summary>Where reading begins, in every partition.</summary>
/// <param name="At">beginning, end, time or offset.</param>
/// <param name="Value">The time in milliseconds since 1970, or the offset.</param>
internal sealed record ReadFrom(string At, long Value = 0)
{
    public static ReadFrom Beginning { get; } = new("beginning");

    public static ReadFrom End { get; } = new("end");

    public static ReadFrom Time(long timestamp) => new("time", timestamp);

    public static ReadFrom Offset(long offset) => new("offset", offset);
}
