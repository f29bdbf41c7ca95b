using System.Text.Json;
using Spate.Cli.Grammar;
using Spate.Cli.Tests.Grammar;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class LogVerbTests(BrokerOnDisk running) : IClassFixture<BrokerOnDisk>
{
    private const int Usage = 2;
    private const int Missing = 4;
    private const int Unhealthy = 5;
    private const int Interrupted = 130;

    [Fact]
    public async Task A_partition_is_shown_with_its_batches_records_and_indexes()
    {
        await ProduceAsync("shown");
        var directory = Path.Combine(running.Data, "shown-0");
        var dump = (await SpateInProcess.RunAsync("log", "dump", directory, "--records", "--verify", "-o", "json")).Succeeded().Json;
        Assert.All(dump.GetProperty("files").EnumerateArray(), static file => Assert.Equal(JsonValueKind.Null, file.GetProperty("fault").ValueKind));
        Assert.Equal(3, dump.GetProperty("batches").EnumerateArray().Sum(static batch => batch.GetProperty("records").GetInt32()));
        var record = dump.GetProperty("records")[1];
        Assert.Equal((1, "k", "two"), (record.GetProperty("offset").GetInt64(), record.GetProperty("key").GetString(), record.GetProperty("value").GetString()));
        Assert.Equal("h=1", record.GetProperty("headers")[0].GetString());
    }

    [Fact]
    public async Task A_damaged_byte_is_found_and_where()
    {
        await ProduceAsync("damaged");
        await running.Broker.StopAsync();
        var segment = Path.Combine(running.Data, "damaged-0", "00000000000000000000.log");
        var sound = await File.ReadAllBytesAsync(segment);
        var bytes = sound.ToArray();
        bytes[^3] ^= 0x10;
        await File.WriteAllBytesAsync(segment, bytes);
        Assert.Equal(0, (await SpateInProcess.RunAsync("log", "dump", segment)).ExitCode);
        var ended = await SpateInProcess.RunAsync("log", "dump", segment, "--verify");
        Assert.True(ended.ExitCode == Unhealthy, ended.ToString());
        Assert.Contains("is damaged (CrcMismatch)", ended.Lines[0], StringComparison.Ordinal);

        await File.WriteAllBytesAsync(segment, sound[..^5]);
        ended = await SpateInProcess.RunAsync("log", "dump", segment, "--verify");
        Assert.True(ended.ExitCode == Unhealthy, ended.ToString());
        Assert.Contains("are no whole batch", ended.Lines[0], StringComparison.Ordinal);
        await File.WriteAllBytesAsync(segment, sound);
        await running.Broker.RestartAsync();
    }

    [Fact]
    public async Task An_index_that_points_beside_its_segment_is_found()
    {
        await ProduceAsync("indexed");
        var directory = Path.Combine(running.Home, "indexed-0");
        Directory.CreateDirectory(directory);
        File.Copy(Path.Combine(running.Data, "indexed-0", "00000000000000000000.log"), Path.Combine(directory, "00000000000000000000.log"));
        await File.WriteAllBytesAsync(Path.Combine(directory, "00000000000000000000.index"), [0, 0, 0, 1, 0, 0, 0, 7]);
        await File.WriteAllBytesAsync(Path.Combine(directory, "00000000000000000000.timeindex"), [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 2]);
        var ended = await SpateInProcess.RunAsync("log", "dump", directory, "--verify");
        Assert.True(ended.ExitCode == Unhealthy, ended.ToString());
        Assert.Contains(ended.Lines, static line => line.Contains("the batch at 7 ends with offset 1, and none starts there", StringComparison.Ordinal));
        Assert.Contains(ended.Lines, static line => line.Contains("does not follow the one before it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_brokers_keep_in_topics_of_their_own_is_decoded()
    {
        await ProduceAsync("grouped");
        (await running.SpateAsync("consume", "grouped", "--group", "decoded-group")).Succeeded();
        (await running.SpateAsync("transactions", "abort", "--id", "decoded-id")).Succeeded();
        await running.Broker.StopAsync();
        await running.Broker.RestartAsync();
        var offsets = await RecordsAsync("__consumer_offsets-*");
        Assert.Contains(offsets, static record => record.Key.StartsWith("OffsetCommitKey {", StringComparison.Ordinal) && record.Key.Contains("\"decoded-group\"", StringComparison.Ordinal) && record.Value.Contains("\"offset\":3", StringComparison.Ordinal));
        Assert.Contains(await RecordsAsync("__transaction_state-*"), static record => record.Key.StartsWith("TransactionLogKey {\"transactionalId\":\"decoded-id\"", StringComparison.Ordinal));
        Assert.Contains(await RecordsAsync("__cluster_metadata-0"), static record => record.Value.Contains("\"name\":\"grouped\"", StringComparison.Ordinal));
        Assert.All((await SpateInProcess.RunAsync("log", "dump", running.Data, "--verify")).Succeeded().Lines, static line => Assert.EndsWith("\t-", line, StringComparison.Ordinal));
        var home = (await SpateInProcess.RunAsync("log", "dump", running.Data)).Succeeded();
        Assert.Contains(home.Lines, static line => line.StartsWith("recovery-point-offset-checkpoint\t", StringComparison.Ordinal));
        Assert.Contains(home.Lines, static line => line.Contains("cluster.id=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dump_that_is_called_off_ends_between_two_batches()
    {
        await ProduceAsync("called-off");
        Assert.Equal(Interrupted, await CommandLine.RunAsync(["log", "dump", Path.Combine(running.Data, "called-off-0"), "--verify"], CommandLineTests.Nowhere(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_is_no_file_of_a_log_directory_is_told()
    {
        (await SpateInProcess.RunAsync("log", "dump", "/no/such/place")).Failed(Missing, "'/no/such/place' is not there");
        var path = Path.Combine(running.Home, "letters.txt");
        await File.WriteAllTextAsync(path, "a");
        (await SpateInProcess.RunAsync("log", "dump", path)).Failed(Usage, "is no file of a log directory");
    }

    private async Task ProduceAsync(string topic)
    {
        (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
        (await running.SpateWithInputAsync("one\ntwo\nthree\n", "produce", topic, "--key", "k", "--header", "h=1", "--compression", "gzip")).Succeeded();
    }

    private async Task<List<(string Key, string Value)>> RecordsAsync(string pattern)
    {
        var directories = Directory.GetDirectories(running.Data, pattern);
        Assert.NotEmpty(directories);
        var dump = (await SpateInProcess.RunAsync(["log", "dump", .. directories, "--records", "-o", "json"])).Succeeded().Json;
        return [.. dump.GetProperty("records").EnumerateArray().Select(static record => (record.GetProperty("key").GetString() ?? "", record.GetProperty("value").GetString() ?? ""))];
    }
}
