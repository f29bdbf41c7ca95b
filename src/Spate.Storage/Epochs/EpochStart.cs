using System.Globalization;
using System.Text;
using Spate.Storage.Checkpoints;

namespace Spate.Storage.Epochs;

/// <summary>Where a leader epoch begins in a log.</summary>
/// <param name="Epoch">The leader epoch, from 0.</param>
/// <param name="StartOffset">The offset of its first record, or where that would go.</param>
public readonly record struct EpochStart(int Epoch, long StartOffset) : ICheckpointLine<EpochStart>
{
    static bool ICheckpointLine<EpochStart>.TryParse(ReadOnlySpan<char> line, out EpochStart entry)
    {
        entry = default;
        Span<Range> fields = stackalloc Range[3];
        if (line.Split(fields, ' ') != 2
            || !int.TryParse(line[fields[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            || !long.TryParse(line[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var startOffset))
        {
            return false;
        }

        entry = new EpochStart(epoch, startOffset);
        return true;
    }

    void ICheckpointLine<EpochStart>.Append(StringBuilder text) => text.Append(Epoch).Append(' ').Append(StartOffset);
}
