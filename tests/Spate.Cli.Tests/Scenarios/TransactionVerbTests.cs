using Spate.Cli.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Testing;
using Spate.Testing.Tests.Wire;

namespace Spate.Cli.Tests.Scenarios;

public sealed class TransactionVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Usage = 2;
    private const int Missing = 4;
    private const int Unhealthy = 5;

    /// <summary>The last version in which a broker does not make a transaction known to its coordinator by itself.</summary>
    private const short ProduceVersion = 11;

    [Fact]
    public async Task A_transactional_id_is_shut_out_listed_and_described()
    {
        var first = (await running.SpateAsync("transactions", "abort", "--id", "payments", "-o", "json")).Succeeded().Json;
        var second = (await running.SpateAsync("transactions", "abort", "--id", "payments", "-o", "json")).Succeeded().Json;
        Assert.Equal(first.GetProperty("producerId").GetInt64(), second.GetProperty("producerId").GetInt64());
        Assert.True(second.GetProperty("producerEpoch").GetInt32() > first.GetProperty("producerEpoch").GetInt32());
        Assert.Contains($"payments\t{first.GetProperty("producerId").GetInt64()}\tempty", (await running.SpateAsync("transactions", "list")).Succeeded().Lines);
        Assert.Empty((await running.SpateAsync("transactions", "list", "--state", "ongoing")).Succeeded().Lines);
        var described = Assert.Single((await running.SpateAsync("transactions", "describe", "payments", "-o", "json")).Succeeded().Json.EnumerateArray());
        Assert.Equal("empty", described.GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        (await running.SpateAsync("topics", "create", "no-transactions")).Succeeded();
        (await running.SpateAsync("transactions", "describe", "nobody")).Failed(Missing, "no transactional id 'nobody'");
        (await running.SpateAsync("transactions", "abort", "--topic", "no-transactions", "--partition", "0", "--start-offset", "0")).Failed(Missing, "none is open there");
        (await running.SpateAsync("transactions", "abort", "--topic", "no-transactions")).Failed(Usage, "--topic, --partition and --start-offset together");
        (await running.SpateAsync("transactions", "abort", "--id", "x", "--topic", "y")).Failed(Usage, "--id alone");
        Assert.Empty((await running.SpateAsync("transactions", "find-hanging")).Succeeded().Lines);
    }

    [Fact]
    public async Task A_transaction_that_no_coordinator_knows_is_found_and_ended()
    {
        await using var broker = await EmbeddedBroker.StartAsync("transaction.partition.verification.enable=false");
        Task<Outcome> SpateAsync(params string[] arguments) => SpateInProcess.RunAsync(new Dictionary<string, string> { ["SPATE_SERVER"] = broker.BootstrapServers }, "", arguments);
        (await SpateAsync("topics", "create", "held", "--partitions", "1")).Succeeded();
        (await SpateAsync("produce", "held", "--template", "before")).Succeeded();
        using (var ghost = await RawClient.ConnectAsync(broker))
        {
            var written = await ghost.AskAsync(Transactional("held", producerId: 4242), ProduceVersion);
            Assert.Equal(ErrorCode.None, written.Responses[0].PartitionResponses[0].ErrorCode);
        }

        (await SpateAsync("produce", "held", "--template", "after")).Succeeded();
        Assert.Equal(["before"], (await SpateAsync("consume", "held", "--committed")).Succeeded().Lines);

        var found = await SpateAsync("transactions", "find-hanging");
        Assert.True(found.ExitCode == Unhealthy, found.ToString());
        Assert.StartsWith("held\t0\t4242\t0\t1\t", Assert.Single(found.Lines), StringComparison.Ordinal);
        (await SpateAsync("transactions", "abort", "--topic", "held", "--partition", "0", "--start-offset", "0")).Failed(Missing, "those that are begin at 1");
        (await SpateAsync("transactions", "abort", "--topic", "held", "--partition", "0", "--start-offset", "1")).Succeeded();
        Assert.Empty((await SpateAsync("transactions", "find-hanging")).Succeeded().Lines);
        Assert.Equal(["before", "after"], (await SpateAsync("consume", "held", "--committed")).Succeeded().Lines);
    }

    private static ProduceRequest Transactional(string topic, long producerId)
    {
        using var batch = new RecordBatchBuilder(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true });
        batch.Append(1, NullableBytes.Null, "never committed"u8);
        return new ProduceRequest
        {
            TransactionalId = "ghost",
            Acks = -1,
            TimeoutMs = 10_000,
            TopicData = [new ProduceRequest.TopicProduceData { Name = topic, PartitionData = [new ProduceRequest.PartitionProduceData { Index = 0, Records = new RecordsPayload(batch.Build().ToArray()) }] }],
        };
    }
}
