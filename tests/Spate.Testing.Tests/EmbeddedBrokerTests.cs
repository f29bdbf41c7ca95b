using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Hosting;

namespace Spate.Testing.Tests;

public sealed class EmbeddedBrokerTests
{
    [Fact]
    public async Task Several_brokers_run_side_by_side_each_on_a_port_of_its_own()
    {
        await using var one = await EmbeddedBroker.StartAsync();
        await using var two = await EmbeddedBroker.StartAsync();

        Assert.NotEqual(one.Port, two.Port);
        Assert.Equal($"127.0.0.1:{one.Port}", one.BootstrapServers);
        Assert.True(await IsAnsweredAsync(one.Port));
        Assert.True(await IsAnsweredAsync(two.Port));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_that_ended_refuses_clients_and_comes_back_on_the_same_port(bool cleanly)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var port = broker.Port;

        await (cleanly ? broker.StopAsync() : broker.KillAsync());
        Assert.False(broker.IsRunning);
        Assert.False(await IsAnsweredAsync(port));
        await broker.RestartAsync();

        Assert.True(broker.IsRunning);
        Assert.Equal(port, broker.Port);
        Assert.True(await IsAnsweredAsync(port));
    }

    [Fact]
    public async Task Ending_what_has_ended_does_nothing_and_starting_what_runs_is_refused()
    {
        var broker = await EmbeddedBroker.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(broker.RestartAsync);
        await broker.StopAsync();
        await broker.KillAsync();
        await broker.DisposeAsync();
        await broker.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(broker.RestartAsync);
    }

    [Fact]
    public async Task A_temporary_folder_is_gone_with_the_broker_and_a_folder_of_the_test_stays()
    {
        var kept = Directory.CreateTempSubdirectory("spate-kept-").FullName;
        try
        {
            var files = new RecordingLogs();
            await using (await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Storage = EmbeddedStorage.Folder(kept) }))
            await using (await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Storage = EmbeddedStorage.TemporaryFolder, Logging = files }))
            {
                Assert.NotEmpty(Directory.GetFileSystemEntries(kept));
            }

            Assert.NotEmpty(Directory.GetFileSystemEntries(kept));
            var temporary = files.Lines.Select(line => line.Split('\'', ' ').FirstOrDefault(word => word.Contains("/spate-", StringComparison.Ordinal))).First(path => path is not null)!;
            Assert.False(Directory.Exists(temporary.TrimEnd('.', ',')), $"{temporary} is still there.");
        }
        finally
        {
            Directory.Delete(kept, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_can_be_used_by_one_broker_at_a_time()
    {
        var folder = Directory.CreateTempSubdirectory("spate-shared-").FullName;
        try
        {
            var options = new EmbeddedBrokerOptions { Storage = EmbeddedStorage.Folder(folder) };
            await using var first = await EmbeddedBroker.StartAsync(options);
            await Assert.ThrowsAsync<BrokerStartException>(() => EmbeddedBroker.StartAsync(options));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("num.partitions", "not of the form key=value")]
    [InlineData("num.partitions=0", "num.partitions")]
    [InlineData("no.such.setting=1", "no.such.setting")]
    [InlineData("listeners=PLAINTEXT://127.0.0.1:9092", "the embedded broker sets itself")]
    [InlineData("log.dirs=/tmp/x", "the embedded broker sets itself")]
    public async Task Settings_that_make_no_sense_are_refused_by_name(string setting, string expected)
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => EmbeddedBroker.StartAsync(setting));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);

        // There is no command line here that could have said it.
        Assert.DoesNotContain("--set", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_brokers_clock_is_the_tests()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { TimeProvider = clock });
        Assert.True(await IsAnsweredAsync(broker.Port));
    }

    private static async Task<bool> IsAnsweredAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
