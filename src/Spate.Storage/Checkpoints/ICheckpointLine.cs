using System.Text;

namespace Spate.Storage.Checkpoints;

/// <summary>An entry of a <see cref="CheckpointFile{TLine}"/>: one line of ASCII text, its fields apart by one space.</summary>
internal interface ICheckpointLine<TSelf>
    where TSelf : struct, ICheckpointLine<TSelf>
{
    /// <summary>Reads exactly what <see cref="Append"/> writes; false for anything else.</summary>
    static abstract bool TryParse(ReadOnlySpan<char> line, out TSelf entry);

    void Append(StringBuilder text);
}
