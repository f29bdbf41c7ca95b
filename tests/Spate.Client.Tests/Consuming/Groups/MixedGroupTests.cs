using System.Diagnostics;
using Spate.Client.Consuming;
using Spate.Client.Tests.Broker;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>One group of this client's members and of another client's (librdkafka, through kcat), led by one or the other.</summary>
public sealed class MixedGroupTests
{
    [KcatTheory]
    [InlineData("range", true)]
    [InlineData("range", false)]
    [InlineData("roundrobin", false)]
    [InlineData("cooperative-sticky", true)]
    [InlineData("cooperative-sticky", false)]
    public async Task Both_share_the_partitions_and_take_over_from_each_other(string assignor, bool isOursFirst)
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 4);
        await fixture.ProduceAsync(4, partitions: 4);
        var options = GroupFixture.Options with
        {
            Assignors = [new[] { PartitionAssignors.Range, PartitionAssignors.RoundRobin, PartitionAssignors.CooperativeSticky }.First(one => one.Name == assignor)],
        };
        var theirs = new List<string>();
        GroupReader? ours = null;
        Process? kcat = null;
        try
        {
            if (isOursFirst)
            {
                ours = new GroupReader(fixture.Client, options);
                await ours.HasPartitions(4);
                kcat = Start(fixture, assignor, theirs);
            }
            else
            {
                kcat = Start(fixture, assignor, theirs);
                await Waiting.Until(() => Count(theirs) == 4, () => "four records at kcat");
                ours = new GroupReader(fixture.Client, options);
            }

            await ours.HasPartitions(2);
            await fixture.ProduceAsync(40, partitions: 4);
            await Waiting.Until(() => ours.Values.Count + Count(theirs) >= 44, () => $"44 records; ours {ours.Values.Count}, theirs {Count(theirs)}");
            Assert.Equal(44, ours.Values.Union(Copy(theirs)).Count());
            Assert.True(ours.Values.Count >= 20 && Count(theirs) >= 20, $"ours {ours.Values.Count}, theirs {Count(theirs)}");

            if (isOursFirst)
            {
                await ours.DisposeAsync();
                await fixture.ProduceAsync(8, partitions: 4);
                await Waiting.Until(() => Copy(theirs).Contains("51"), () => "the last record at kcat");
            }
            else
            {
                kcat.Kill();
                await ours.HasPartitions(4);
            }
        }
        finally
        {
            if (ours is not null)
            {
                await ours.DisposeAsync();
            }

            if (kcat is not null)
            {
                kcat.Kill();
                await kcat.WaitForExitAsync();
                kcat.Dispose();
            }
        }
    }

    private static Process Start(GroupFixture fixture, string assignor, List<string> lines)
    {
        var start = new ProcessStartInfo(
            KcatTheoryAttribute.Path!,
            [
                "-b", fixture.Broker.BootstrapServers, "-G", "g", "-q", "-u", "-f", "%s\\n", "-X", $"partition.assignment.strategy={assignor}", "-X", "auto.offset.reset=earliest",
                "-X", "heartbeat.interval.ms=50", "-X", "session.timeout.ms=6000", "t",
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            lock (lines)
            {
                if (line.Data is { Length: > 0 } text)
                {
                    lines.Add(text);
                }
            }
        };
        process.BeginOutputReadLine();
        return process;
    }

    private static int Count(List<string> lines) => Copy(lines).Count;

    private static List<string> Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }
}
