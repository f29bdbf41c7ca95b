using Spate.Protocol;

namespace Spate.Client.Administration.Calls;

/// <summary>What callers hand in, checked before anybody is asked.</summary>
internal static class Arguments
{
    /// <summary>Items that are each named, and named once.</summary>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    public static IReadOnlyDictionary<string, T> ByName<T>(IReadOnlyCollection<T> items, Func<T, string> nameOf, string parameter)
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            ArgumentException.ThrowIfNullOrEmpty(nameOf(item), parameter);
            if (!byName.TryAdd(nameOf(item), item))
            {
                throw new ArgumentException($"'{nameOf(item)}' is named twice.", parameter);
            }
        }

        return byName;
    }

    /// <summary>Names that are each there once.</summary>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    public static IReadOnlyCollection<string> Names(IReadOnlyCollection<string> names, string parameter)
    {
        ByName(names, static name => name, parameter);
        return names;
    }

    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    public static void Check(IEnumerable<TopicPartition> partitions, string parameter)
    {
        ArgumentNullException.ThrowIfNull(partitions, parameter);
        foreach (var partition in partitions)
        {
            ArgumentException.ThrowIfNullOrEmpty(partition.Topic, parameter);
            ArgumentOutOfRangeException.ThrowIfNegative(partition.Partition, parameter);
        }
    }
}
