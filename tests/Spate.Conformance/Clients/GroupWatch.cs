using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>Waits for members of a group.</summary>
internal static class GroupWatch
{
    /// <summary>Waits until the condition holds, which is asked whenever one of the members has something new.</summary>
    public static async Task UntilAsync(IReadOnlyCollection<IGroupMember> members, Func<bool> condition, string what)
    {
        using var news = new SemaphoreSlim(0);
        using var bound = new CancellationTokenSource(Bounds.Client);
        EventHandler released = (_, _) => news.Release();
        foreach (var member in members)
        {
            member.Changed += released;
        }

        try
        {
            while (!condition())
            {
                if (members.FirstOrDefault(member => member.Failure is not null) is { } failed)
                {
                    throw new InvalidOperationException($"A member failed before {what}: {failed}");
                }

                await news.WaitAsync(bound.Token);
            }
        }
        catch (OperationCanceledException cancelled)
        {
            throw new TimeoutException($"Waited {Bounds.Client.TotalSeconds} s in vain until {what}. The members:\n{string.Join('\n', members)}", cancelled);
        }
        finally
        {
            foreach (var member in members)
            {
                member.Changed -= released;
            }
        }
    }

    /// <summary>Waits until the members share so many partitions among them, each has about as many as the others, and none is had twice.</summary>
    public static Task UntilSharedAsync(IReadOnlyCollection<IGroupMember> members, int partitions) => UntilAsync(
        members,
        () =>
        {
            var assigned = members.Select(member => member.Assigned).ToList();
            return assigned.Sum(one => one.Count) == partitions
                && assigned.SelectMany(one => one).Distinct().Count() == partitions
                && assigned.Max(one => one.Count) - assigned.Min(one => one.Count) <= 1;
        },
        $"{members.Count} members shared {partitions} partitions");

    /// <summary>Waits until the members have read so many different records among them.</summary>
    public static Task UntilReadAsync(IReadOnlyCollection<IGroupMember> members, int records) => UntilAsync(
        members,
        () => members.SelectMany(member => member.Records).Select(record => (record.Topic, record.Partition, record.Offset)).Distinct().Count() >= records,
        $"{records} records were read");
}
