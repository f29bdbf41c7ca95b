using System.Globalization;
using Spate.Metadata.Images;

namespace Spate.Broker.Cluster;

/// <summary>
/// How the files of snapshots are called, as in Kafka (KIP-630): the offset behind the last record in twenty digits, that record's epoch in
/// ten, for example <c>00000000000000000042-0000000003.checkpoint</c>.
/// </summary>
internal static class SnapshotFileName
{
    /// <summary>What a file's name ends in while it is being written; worth nothing.</summary>
    public const string PartSuffix = ".part";

    private const string Suffix = ".checkpoint";
    private const int OffsetDigits = 20;
    private const int EpochDigits = 10;

    public static string Of(MetadataPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.EndOffset:D20}-{position.Epoch:D10}{Suffix}");

    public static bool TryParse(ReadOnlySpan<char> name, out MetadataPosition position)
    {
        position = default;
        if (name.Length != OffsetDigits + 1 + EpochDigits + Suffix.Length
            || name[OffsetDigits] != '-'
            || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || !long.TryParse(name[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || !int.TryParse(name.Slice(OffsetDigits + 1, EpochDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
        {
            return false;
        }

        position = new MetadataPosition(offset, epoch);
        return true;
    }
}
