using BenchmarkDotNet.Attributes;
using Spate.Coordination.Groups.Assignors;
using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Benchmarks;

/// <summary>
/// What a target assignment of a thousand members over ten thousand partitions of ten topics costs: made for the first time, and anew when one
/// more member comes, with and without racks, and when members read different topics.
/// </summary>
[MemoryDiagnoser]
public class AssignorBenchmarks
{
    private const int Members = 1000;
    private const int Topics = 10;
    private const int PartitionsOfTopic = 1000;

    private IPartitionAssignor _assignor = new UniformAssignor();
    private AssignmentQuestion _first = new([], []);
    private AssignmentQuestion _oneMore = new([], []);

    [Params("uniform", "range")]
    public string Assignor { get; set; } = "uniform";

    [Params("same", "racks", "mixed")]
    public string Subscriptions { get; set; } = "same";

    [GlobalSetup]
    public void Ask()
    {
        _assignor = Assignor == "uniform" ? new UniformAssignor() : new RangeAssignor();
        string[] racks = ["x", "y", "z"];
        var hasRacks = Subscriptions == "racks";
        TopicDescription[] topics =
        [
            .. Enumerable.Range(0, Topics).Select(topic => new TopicDescription(
                new Uuid(1, (ulong)topic + 1),
                $"t{topic}",
                PartitionsOfTopic,
                hasRacks ? [.. Enumerable.Range(0, PartitionsOfTopic).Select(partition => new[] { racks[partition % 3], racks[(partition + 1) % 3] })] : null)),
        ];
        int[] all = [.. Enumerable.Range(0, Topics)];
        var random = new Random(1);
        AssignmentMember[] members =
        [
            .. Enumerable.Range(0, Members + 1).Select(member => new AssignmentMember(
                hasRacks ? racks[member % 3] : null,
                Subscriptions == "mixed" ? [.. all.Where(topic => topic == member % Topics || random.Next(3) == 0)] : all,
                PartitionSet.Empty)),
        ];
        _first = new AssignmentQuestion(topics, members[..Members]);
        var sets = _assignor.Assign(_first);
        _oneMore = new AssignmentQuestion(topics, [.. members.Select((member, index) => index < Members ? member with { Current = sets[index] } : member)]);
    }

    [Benchmark]
    public object First() => _assignor.Assign(_first);

    [Benchmark]
    public object OneMore() => _assignor.Assign(_oneMore);
}
