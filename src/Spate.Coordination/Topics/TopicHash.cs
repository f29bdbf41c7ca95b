using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Spate.Coordination.Topics;

/// <summary>
/// The number that a group keeps in the log so that it notices when a topic that it reads has changed (KIP-1101): XXH3 over the same bytes
/// as in Kafka, so that a group which changes brokers is not assigned anew for nothing.
/// </summary>
internal static class TopicHash
{
    private const byte Layout = 0;

    public static long Of(TopicDescription topic)
    {
        var hash = new XxHash3();
        hash.Append([Layout]);
        Append(hash, (long)topic.Id.High);
        Append(hash, (long)topic.Id.Low);
        Append(hash, topic.Name);
        Append(hash, topic.PartitionCount);
        for (var partition = 0; partition < topic.PartitionCount; partition++)
        {
            Append(hash, partition);
            foreach (var rack in topic.RacksOf(partition).Order(StringComparer.Ordinal))
            {
                Append(hash, rack.Length);
                Append(hash, rack);
            }
        }

        return (long)hash.GetCurrentHashAsUInt64();
    }

    /// <summary>The topics that a group reads, taken together; 0 when it reads none that is there.</summary>
    public static long Of(IEnumerable<TopicDescription> topics)
    {
        var hash = new XxHash3();
        var isEmpty = true;
        foreach (var topic in topics.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            isEmpty = false;
            Append(hash, topic.Name);
            Append(hash, topic.Hash);
        }

        return isEmpty ? 0 : (long)hash.GetCurrentHashAsUInt64();
    }

    private static void Append(XxHash3 hash, string text)
    {
        if (BitConverter.IsLittleEndian)
        {
            hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
        }
        else
        {
            Span<byte> unit = stackalloc byte[sizeof(char)];
            foreach (var character in text)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(unit, character);
                hash.Append(unit);
            }
        }

        Append(hash, text.Length);
    }

    private static void Append(XxHash3 hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.Append(bytes);
    }

    private static void Append(XxHash3 hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.Append(bytes);
    }
}
