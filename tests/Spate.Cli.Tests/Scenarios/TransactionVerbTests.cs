using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class TransactionVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Usage = 2;
    private const int Missing = 4;

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
}
