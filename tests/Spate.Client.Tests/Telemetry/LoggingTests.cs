using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Client.Tests.Producing;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Testing;

namespace Spate.Client.Tests.Telemetry;

public sealed class LoggingTests : IDisposable
{
    private readonly RecordingLogs _logs = new();

    [Fact]
    public async Task A_connection_is_told_of_when_it_opens_when_it_is_lost_and_when_it_cannot_be_made_again()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(Options(broker.BootstrapServers));
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        var refused = _logs.Said($"Broker 1 ({broker.BootstrapServers}) cannot be connected to");
        await broker.KillAsync();
        await UntilAsync(refused, client);

        AssertSaid(LogLevel.Debug, $"Connected to broker 1 ({broker.BootstrapServers}).");
        AssertSaid(LogLevel.Information, $"Lost the connection to broker 1 ({broker.BootstrapServers})");
        AssertSaid(LogLevel.Warning, $"Broker 1 ({broker.BootstrapServers}) cannot be connected to (1 times in a row)");
        AssertSaid(LogLevel.Information, "has the brokers 1 (");
    }

    [Fact]
    public async Task A_client_that_is_disposed_does_not_complain_of_its_connections()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using (var client = new KafkaClient(Options(broker.BootstrapServers)))
        {
            await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        }

        AssertSaid(LogLevel.Debug, $"Disconnected from broker 1 ({broker.BootstrapServers})");
        Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Warning || line.Text.StartsWith("Lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_broker_is_an_error_that_says_what_it_looks_like()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeHttpAsync(listener);
        var unasked = _logs.Said("The cluster could not be asked for its brokers and topics");
        await using (var client = new KafkaClient(Options($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")))
        {
            await UntilAsync(unasked, client);
        }

        listener.Stop();
        await serving.OrTimeout("the server to end");
        Assert.Contains(_logs.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("cannot be used", StringComparison.Ordinal) && line.Text.Contains("answers in HTTP", StringComparison.Ordinal));
        AssertSaid(LogLevel.Warning, "The cluster could not be asked for its brokers and topics (1 times in a row)");
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_and_again_is_warned_of_now_and_then_and_once_when_it_is_given_up()
    {
        await using var fixture = new ProducerFixture(change: options => options with { LoggerFactory = _logs, RetryBackoffMax = TimeSpan.FromMilliseconds(1) });
        fixture.Log.Refuse = (_, _) => ErrorCode.NotEnoughReplicas;
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Retries = 20 });

        await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(ProducerFixture.Value("v")).AsTask()).OrTimeout("the failure");

        var warnings = _logs.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text).ToList();
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith("1 records for t-0 are still not delivered after 8 attempts", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("1 records for t-0 are still not delivered after 16 attempts", warnings[1], StringComparison.Ordinal);
        Assert.StartsWith("1 records for t-0 were not delivered.", warnings[2], StringComparison.Ordinal);
        Assert.Equal(18, _logs.Lines.Count(line => line.Level == LogLevel.Debug && line.Text.StartsWith("1 records for t-0 are sent again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_end_of_a_producer_is_an_error()
    {
        await using var fixture = new ProducerFixture(change: options => options with { LoggerFactory = _logs });
        fixture.Log.Refuse = (_, _) => ErrorCode.ClusterAuthorizationFailed;

        await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", "v").AsTask()).OrTimeout("the failure");

        AssertSaid(LogLevel.Error, "The producer cannot go on");
    }

    [Fact]
    public async Task A_position_that_is_gone_is_told_of_once_and_a_partition_that_cannot_be_read_is_an_error()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(Options(broker.BootstrapServers));
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        await using var lenient = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Earliest });
        lenient.Assign([new TopicPartition("t", 0)], StartPosition.At(99));
        await First(lenient).OrTimeout("the record");
        await using var strict = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        strict.Assign([new TopicPartition("t", 0)], StartPosition.At(99));
        await Assert.ThrowsAsync<KafkaException>(() => First(strict)).OrTimeout("the failure");

        AssertSaid(LogLevel.Information, "The position 99 of t-0 is not in the log");
        AssertSaid(LogLevel.Error, "t-0 is not read any more until somebody seeks.");
    }

    public void Dispose() => _logs.Dispose();

    /// <summary>Has a client ask a cluster that does not answer, until it has said so.</summary>
    private static async Task UntilAsync(Task said, KafkaClient client)
    {
        using var enough = new CancellationTokenSource();
        var asking = client.Admin.Cluster.DescribeAsync(cancellationToken: enough.Token);
        await Task.WhenAny(said, asking).OrTimeout("the line");
        await enough.CancelAsync();
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task First(Consumer consumer)
    {
        await foreach (var _ in consumer.ConsumeAsync<string, string>())
        {
            return;
        }
    }

    private static async Task ServeHttpAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
                socket.Shutdown(SocketShutdown.Send);
                var rest = new byte[1024];
                while (await socket.ReceiveAsync(rest) > 0)
                {
                    // Read to the end, so that closing does not cut off what was sent.
                }
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private KafkaClientOptions Options(string address) => new() { BootstrapServers = address, LoggerFactory = _logs, ReconnectBackoff = TimeSpan.FromMilliseconds(1), RetryBackoff = TimeSpan.FromMilliseconds(1) };

    private void AssertSaid(LogLevel level, string beginning) => Assert.True(
        _logs.Lines.Any(line => line.Level == level && line.Text.Contains(beginning, StringComparison.Ordinal)),
        $"Nothing with '{beginning}' was said at {level}:\n{string.Join('\n', _logs.Lines)}");
}
