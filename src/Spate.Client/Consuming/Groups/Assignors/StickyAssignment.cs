using System.Runtime.InteropServices;
using Spate.Protocol;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>
/// Divides partitions so that no shift of any of them would make the shares more even, and few change hands. Members keep what they had; what nobody has goes to whoever has
/// least; then, for as long as somebody has two more than somebody else to whom there is a way, one is passed on along the shortest way. A way has more than one step
/// where members subscribe to different topics: the one in the middle takes one and gives another.
/// </summary>
internal sealed class StickyAssignment
{
    private readonly IReadOnlyList<GroupMember> _members;
    private readonly string[] _topics;
    private readonly int[] _counts;
    private readonly bool[][] _reads;
    private readonly List<int>[][] _shares;
    private readonly int[] _loads;

    public StickyAssignment(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        _members = members;
        _topics = [.. partitionCounts.Keys.Order(StringComparer.Ordinal)];
        _counts = [.. _topics.Select(topic => partitionCounts[topic])];
        _reads = [.. members.Select(member => _topics.Select(topic => member.Topics.Contains(topic)).ToArray())];
        _shares = [.. members.Select(_ => _topics.Select(static _ => new List<int>()).ToArray())];
        _loads = new int[members.Count];
    }

    /// <param name="owned">What each member had, by its id.</param>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Make(IReadOnlyDictionary<string, OwnedPartitions> owned)
    {
        Keep(owned);
        DealOut();
        while (Even())
        {
        }

        var made = new Dictionary<string, IReadOnlyList<TopicPartition>>(StringComparer.Ordinal);
        for (var member = 0; member < _members.Count; member++)
        {
            var share = _shares[member];
            made[_members[member].Id] = [.. _topics.SelectMany((topic, index) => share[index].Order().Select(partition => new TopicPartition(topic, partition)))];
        }

        return made;
    }

    /// <summary>Each partition stays with the member that has it since the newest generation; where two say the same, neither can be believed.</summary>
    private void Keep(IReadOnlyDictionary<string, OwnedPartitions> owned)
    {
        var claims = new Dictionary<(int Topic, int Partition), (int Member, int Generation)>();
        for (var member = 0; member < _members.Count; member++)
        {
            var had = owned[_members[member].Id];
            foreach (var name in had.Partitions)
            {
                var topic = Array.BinarySearch(_topics, name.Topic, StringComparer.Ordinal);
                if (topic < 0 || (uint)name.Partition >= (uint)_counts[topic] || !_reads[member][topic])
                {
                    continue;
                }

                ref var claim = ref CollectionsMarshal.GetValueRefOrAddDefault(claims, (topic, name.Partition), out var isClaimed);
                if (!isClaimed || had.Generation > claim.Generation)
                {
                    claim = (member, had.Generation);
                }
                else if (had.Generation == claim.Generation && claim.Member != member)
                {
                    claim.Member = -1;
                }
            }
        }

        foreach (var ((topic, partition), (member, _)) in claims.OrderBy(static claim => claim.Key))
        {
            if (member >= 0)
            {
                Give(member, topic, partition);
            }
        }
    }

    private void DealOut()
    {
        for (var topic = 0; topic < _topics.Length; topic++)
        {
            var taken = new bool[_counts[topic]];
            foreach (var share in _shares)
            {
                share[topic].ForEach(partition => taken[partition] = true);
            }

            for (var partition = 0; partition < taken.Length; partition++)
            {
                if (!taken[partition] && LeastLoadedReader(topic) is >= 0 and var member)
                {
                    Give(member, topic, partition);
                }
            }
        }
    }

    private int LeastLoadedReader(int topic)
    {
        var least = -1;
        for (var member = 0; member < _members.Count; member++)
        {
            if (_reads[member][topic] && (least < 0 || _loads[member] < _loads[least]))
            {
                least = member;
            }
        }

        return least;
    }

    /// <summary>Passes one partition on, from somebody who has most; false when nothing would be more even.</summary>
    private bool Even()
    {
        foreach (var from in Enumerable.Range(0, _members.Count).OrderByDescending(member => _loads[member]))
        {
            if (FindWay(from) is { } way)
            {
                foreach (var (giver, taker, topic) in way)
                {
                    // What came last is passed on first: it is the likeliest to be new to whoever has it.
                    var share = _shares[giver][topic];
                    Give(taker, topic, share[^1]);
                    share.RemoveAt(share.Count - 1);
                    _loads[giver]--;
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest way from a member to one that has at least two fewer, its last step first.</summary>
    private List<(int Giver, int Taker, int Topic)>? FindWay(int from)
    {
        var steps = new (int Giver, int Topic)[_members.Count];
        var isSeen = new bool[_members.Count];
        var isPassed = new bool[_topics.Length];
        var queue = new Queue<int>([from]);
        isSeen[from] = true;
        while (queue.TryDequeue(out var giver))
        {
            for (var topic = 0; topic < _topics.Length; topic++)
            {
                if (isPassed[topic] || _shares[giver][topic].Count == 0)
                {
                    continue;
                }

                isPassed[topic] = true;
                var best = -1;
                for (var taker = 0; taker < _members.Count; taker++)
                {
                    if (isSeen[taker] || !_reads[taker][topic])
                    {
                        continue;
                    }

                    isSeen[taker] = true;
                    steps[taker] = (giver, topic);
                    queue.Enqueue(taker);
                    if (_loads[taker] <= _loads[from] - 2 && (best < 0 || _loads[taker] < _loads[best]))
                    {
                        best = taker;
                    }
                }

                if (best >= 0)
                {
                    return Way(steps, from, best);
                }
            }
        }

        return null;
    }

    private static List<(int Giver, int Taker, int Topic)> Way((int Giver, int Topic)[] steps, int from, int to)
    {
        var way = new List<(int, int, int)>();
        for (var taker = to; taker != from; taker = steps[taker].Giver)
        {
            way.Add((steps[taker].Giver, taker, steps[taker].Topic));
        }

        return way;
    }

    private void Give(int member, int topic, int partition)
    {
        _shares[member][topic].Add(partition);
        _loads[member]++;
    }
}
