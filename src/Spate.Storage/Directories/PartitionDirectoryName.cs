using System.Globalization;
using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>
/// The name of a partition's directory, as Kafka forms it: topic, dash, partition; and for any role but the current log's a dot, an id that
/// makes the name unique, a dash and the role. Topics may hold dots and dashes themselves, so a name is read from its end.
/// </summary>
/// <param name="Partition">The partition. The topic may be cut short in the name of a deleted or stray log.</param>
/// <param name="Role">What the directory is for.</param>
public readonly record struct PartitionDirectoryName(TopicPartition Partition, PartitionDirectoryRole Role)
{
    /// <summary>The most letters that a topic's name may have.</summary>
    public const int TopicLengthMax = 249;

    /// <summary>The most bytes that file systems allow a name.</summary>
    public const int LengthMax = 255;

    /// <summary>A dot and an id of 32 digits.</summary>
    private const int UniqueEndLength = 33;

    /// <summary>Reads a name; false when no partition's directory is called so.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out PartitionDirectoryName parsed)
    {
        parsed = default;
        var role = RoleOf(name);
        if (role != PartitionDirectoryRole.Current)
        {
            var rest = name[..^SuffixOf(role).Length];
            var dot = rest.LastIndexOf('.');
            if (dot < 0 || !IsUniqueId(rest[(dot + 1)..]))
            {
                return false;
            }

            name = rest[..dot];
        }

        var dash = name.LastIndexOf('-');
        if (dash < 0 || !IsTopic(name[..dash]) || !TryParsePartition(name[(dash + 1)..], out var partition))
        {
            return false;
        }

        parsed = new PartitionDirectoryName(new TopicPartition(name[..dash].ToString(), partition), role);
        return true;
    }

    /// <summary>Whether a topic may have a name: 1 to 249 of the letters a-z, A-Z, 0-9, dot, underscore and dash; not "." or "..".</summary>
    public static bool IsTopic(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > TopicLengthMax || name is "." or "..")
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a partition's log can have a directory: a topic that may be, a partition from 0, a name that is not too long.</summary>
    public static bool CanName(TopicPartition partition) =>
        partition.Topic is not null && IsTopic(partition.Topic) && partition.Partition >= 0 && Current(partition).Length <= LengthMax;

    /// <summary>Whether a partition's log can be moved: the name of its copy is longer, and must not be cut.</summary>
    public static bool CanNameFuture(TopicPartition partition) =>
        CanName(partition) && Current(partition).Length <= LengthMax - UniqueEndLength - SuffixOf(PartitionDirectoryRole.Future).Length;

    /// <summary>The name of a partition's current log.</summary>
    public static string Current(TopicPartition partition) => partition.ToString();

    /// <summary>
    /// A new name for a partition's directory in another role. The topic is cut where the name would be longer than a file system allows;
    /// not for a future log, whose name must give the topic back.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="role">Any role but <see cref="PartitionDirectoryRole.Current"/>.</param>
    /// <param name="uniqueId">Makes the name unique; its 32 hexadecimal digits stand in it.</param>
    public static string Create(TopicPartition partition, PartitionDirectoryRole role, Uuid uniqueId)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $"-{partition.Partition}.{uniqueId.High:x16}{uniqueId.Low:x16}{SuffixOf(role)}");
        var length = Math.Min(partition.Topic.Length, LengthMax - end.Length);
        if (role == PartitionDirectoryRole.Future && length < partition.Topic.Length)
        {
            throw new PathTooLongException($"The directory of the future log of {partition} would have more than {LengthMax} letters.");
        }

        return string.Concat(partition.Topic.AsSpan(0, length), end);
    }

    private static string SuffixOf(PartitionDirectoryRole role) => role switch
    {
        PartitionDirectoryRole.Future => "-future",
        PartitionDirectoryRole.Deleted => "-delete",
        PartitionDirectoryRole.Stray => "-stray",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Only logs that are not current have a suffix."),
    };

    private static PartitionDirectoryRole RoleOf(ReadOnlySpan<char> name)
    {
        for (var role = PartitionDirectoryRole.Future; role <= PartitionDirectoryRole.Stray; role++)
        {
            if (name.EndsWith(SuffixOf(role), StringComparison.Ordinal))
            {
                return role;
            }
        }

        return PartitionDirectoryRole.Current;
    }

    private static bool IsUniqueId(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiHexDigit(letter))
            {
                return false;
            }
        }

        return text.Length == 32;
    }

    private static bool TryParsePartition(ReadOnlySpan<char> text, out int partition) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out partition) && (text.Length == 1 || text[0] != '0');
}
