using System.Text;
using Spate.Protocol;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// The file <c>partition.metadata</c> in a partition's directory (KIP-516): the id of the topic whose log this is, which tells it from that
/// of a deleted topic of the same name.
/// </summary>
public static class PartitionMetadata
{
    /// <summary>The file's name, Kafka's.</summary>
    public const string FileName = "partition.metadata";

    private const string Start = "version: 0\ntopic_id: ";

    /// <summary>The topic's id. <see cref="Uuid.Zero"/> unless the file is whole.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static CheckpointRead<Uuid> Read(IFileSystem files, string directory)
    {
        ArgumentNullException.ThrowIfNull(files);
        var path = Path.Combine(directory, FileName);
        var content = WholeFile.Read(files, path);
        if (content is null)
        {
            return new CheckpointRead<Uuid>(CheckpointCondition.Missing, Uuid.Zero, Fault: null);
        }

        return TryParse(content, out var topicId)
            ? new CheckpointRead<Uuid>(CheckpointCondition.Whole, topicId, Fault: null)
            : new CheckpointRead<Uuid>(
                CheckpointCondition.Corrupt, Uuid.Zero, $"'{path}' does not say in lines 'version: 0' and 'topic_id: ' which topic's it is.");
    }

    /// <summary>Reads the file's content. Kafka leaves out the last line's end, other tools write it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out Uuid topicId)
    {
        topicId = Uuid.Zero;
        if (!Ascii.IsValid(content))
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(content).Replace("\r\n", "\n", StringComparison.Ordinal);
        text = text.EndsWith('\n') ? text[..^1] : text;
        return text.StartsWith(Start, StringComparison.Ordinal) && Uuid.TryParse(text[Start.Length..], out topicId) && !topicId.IsZero;
    }

    /// <summary>Writes the file durably.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(IFileSystem files, string directory, Uuid topicId) => WholeFile.Replace(files, PathIn(directory), Content(topicId));

    /// <summary>Writes the file so that it is durable as soon as somebody flushes the directory: for one that is new and is going to be.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static void Put(IFileSystem files, string directory, Uuid topicId) => WholeFile.Put(files, PathIn(directory), Content(topicId));

    private static string PathIn(string directory) => Path.Combine(directory, FileName);

    private static byte[] Content(Uuid topicId) =>
        topicId.IsZero ? throw new ArgumentException("A topic's id is never zero.", nameof(topicId)) : Encoding.ASCII.GetBytes(Start + topicId);
}
