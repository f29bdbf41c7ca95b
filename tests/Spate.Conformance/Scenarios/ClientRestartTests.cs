using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>The broker stops or crashes and comes back, while clients write and read; they are to go on as if it had been slow.</summary>
public sealed class ClientRestartTests
{
    private const int Partitions = 3;
    private const int RecordsPerWrite = 30;
    private const int WritesBefore = 10;
    private const int WritesAfter = 10;

    public static TheoryData<string> Clients() => ForeignClients.With(Ability.Groups | Ability.Topics);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_goes_on_through_a_stop_and_a_crash_and_nothing_acknowledged_is_lost(string name)
    {
        await using var broker = await BrokerProcess.StartAsync();
        using (var wire = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await wire.CreateTopicAsync("restart", Partitions));
        }

        await using var client = ForeignClients.Named(name).Start();
        var member = await client.JoinAsync(broker, new JoinOptions("group", "restart"));
        await GroupWatch.UntilSharedAsync([member], Partitions);

        var written = 0;
        foreach (var crash in new[] { false, true })
        {
            // Writes are in flight while the broker goes and comes back; each must come back with an acknowledgement of its own.
            var inTheMiddle = new TaskCompletionSource();
            var writing = Task.Run(async () =>
            {
                for (var write = 0; write < WritesBefore + WritesAfter; write++)
                {
                    await client.WriteAsync(broker, Next(written));
                    written += RecordsPerWrite;
                    if (write == WritesBefore)
                    {
                        inTheMiddle.SetResult();
                    }
                }
            });
            await await Task.WhenAny(inTheMiddle.Task, writing);
            if (crash)
            {
                broker.Kill();
            }
            else
            {
                Assert.Equal(0, await broker.StopAsync());
            }

            await broker.RestartAsync(samePort: true);
            await writing;
            await GroupWatch.UntilAsync([member], () => Numbers(member.Records).Distinct().Count() == written, $"{written} records were read");
            await member.CommitAsync();
        }

        var stored = await client.ReadAsync(broker, ["restart"], ReadFrom.Beginning);
        Assert.Equal(Enumerable.Range(0, written), Numbers(stored).Distinct().Order());
        AssertInOrder(stored);
        AssertInOrder(member.Records);
        await member.LeaveAsync();
        Assert.Equal(
            stored.GroupBy(record => record.Partition).OrderBy(partition => partition.Key).Select(partition => partition.Max(record => record.Offset) + 1),
            (await client.AskAsync(broker, "groupOffsets", new { group = "group", topic = "restart", partitions = new[] { 0, 1, 2 } })).EnumerateArray().Select(offset => offset.GetInt64()));
    }

    private static ClientRecord[] Next(int first) =>
        [.. Enumerable.Range(first, RecordsPerWrite).Select(number => new ClientRecord(null, $"{number}") { Topic = "restart", Partition = number % Partitions })];

    private static IEnumerable<int> Numbers(IEnumerable<ClientRecord> records) =>
        records.Select(record => int.Parse(record.Value!, CultureInfo.InvariantCulture));

    /// <summary>What was sent again may be there again, but the first of each number stands where it was sent.</summary>
    private static void AssertInOrder(IReadOnlyList<ClientRecord> records) => Assert.All(
        records.GroupBy(record => record.Partition),
        partition => Assert.Equal(Numbers(partition).Distinct().Order(), Numbers(partition).Distinct()));
}
