using System.Text;
using System.Text.Json;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// The file <c>.kafka_cleanshutdown</c> at the root of a log directory: the last thing that a clean stop writes. As long as it is there
/// every log is whole and need not be recovered. It goes before the first log is opened, so that a crash from then on is seen as one.
/// </summary>
/// <param name="BrokerEpoch">The broker's epoch when it stopped (KIP-966), or -1: the file of an older Kafka is empty.</param>
public readonly record struct CleanShutdown(long BrokerEpoch)
{
    /// <summary>The file's name, Kafka's.</summary>
    public const string FileName = ".kafka_cleanshutdown";

    private const int LengthMax = 1024;

    /// <summary>
    /// Reads the file and deletes it durably. Null when there was none; or when it was there and made no sense, because then nothing is
    /// known of how the broker stopped, and recovery costs no more than time.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static CleanShutdown? Take(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, FileName);
        var content = WholeFile.Read(files, path);
        if (content is null)
        {
            return null;
        }

        files.DeleteFile(path);
        files.FlushDirectory(directory);
        return TryParse(content, out var shutdown) ? shutdown : null;
    }

    /// <summary>Reads the file's content.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out CleanShutdown shutdown)
    {
        shutdown = new CleanShutdown(-1);
        if (content.IsEmpty)
        {
            return true;
        }

        if (content.Length > LengthMax)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(content);
            if (!JsonElement.TryParseValue(ref reader, out var parsed)
                || parsed is not { ValueKind: JsonValueKind.Object } root
                || reader.Read()
                || !root.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number
                || !version.TryGetInt32(out var number)
                || number != 0
                || !root.TryGetProperty("brokerEpoch", out var epoch)
                || epoch.ValueKind != JsonValueKind.Number
                || !epoch.TryGetInt64(out var brokerEpoch))
            {
                return false;
            }

            shutdown = new CleanShutdown(brokerEpoch);
            return true;
        }
        catch (JsonException)
        {
            // The reader knows no other way to say that text is not JSON.
            return false;
        }
    }

    /// <summary>Writes the file durably.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(IFileSystem files, string directory) =>
        WholeFile.Replace(
            files,
            Path.Combine(directory, FileName),
            Encoding.ASCII.GetBytes($$"""{"version":0,"brokerEpoch":{{BrokerEpoch}}}"""));
}
