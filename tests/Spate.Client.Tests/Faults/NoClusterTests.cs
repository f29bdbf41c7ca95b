using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Client.Tests.Producing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Faults;

/// <summary>
/// Where there is no cluster: nobody listens, or somebody who is no broker, or one that is too old. Every call ends within the time that its options give, with
/// an exception that says what, where and what to do.
/// </summary>
public sealed class NoClusterTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public static TheoryData<string, string> Calls()
    {
        var data = new TheoryData<string, string>();
        foreach (var server in new[] { "nobody", "http", "tls", "garbage", "silence", "hangs up" })
        {
            foreach (var call in new[] { "produce", "consume", "describe" })
            {
                data.Add(server, call);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Every_call_ends_in_its_time_and_says_what_where_and_what_to_do(string server, string call)
    {
        var clock = new FakeTimeProvider();
        await using var strange = Start(server);
        var address = strange?.Address ?? Unheard();
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = address,
            TimeProvider = clock,
            Seed = 1,
            ApiTimeout = Time,
            RequestTimeout = TimeSpan.FromSeconds(1),
            ConnectionSetupTimeout = server is "silence" ? TimeSpan.FromSeconds(1.5) : TimeSpan.FromMinutes(1),
            Producer = new ProducerOptions { MaxBlock = Time },
        });
        var began = clock.GetUtcNow();
        var isPassing = server is "nobody" or "silence" or "hangs up";

        // What will not change is told at once: no time passes.
        var failure = await Assert.ThrowsAnyAsync<KafkaException>(() => isPassing
            ? CallAsync(client, call).WhileMoving(clock, TimeSpan.FromMilliseconds(25), "the failure")
            : CallAsync(client, call).OrTimeout("the failure"));

        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.Zero, Time + TimeSpan.FromSeconds(1));
        var told = string.Join(' ', Causes(failure));
        Assert.Contains(address, told, StringComparison.Ordinal);
        Assert.Contains(Expected(server), told, StringComparison.Ordinal);
        Assert.Equal(isPassing, failure.IsRetriable);
        Assert.False(failure.IsFatal);
    }

    [Theory]
    [InlineData("produce", ApiKey.Produce)]
    [InlineData("consume", ApiKey.Fetch)]
    public async Task A_broker_that_is_too_old_is_told_of_at_once_with_what_it_offers(string call, ApiKey api)
    {
        var cluster = new FakeCluster();
        cluster.SetTopic("t", (1, 0));
        await using var broker = new FakeBroker();
        cluster.Add(1, broker, highest: 5);
        broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 0, 2, (_, _) => (ProduceResponse?)null);
        broker.On<FetchRequest, FetchResponse>(ApiKey.Fetch, 0, 3, (_, _) => (FetchResponse?)null);
        broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 1, (request, _) => new ListOffsetsResponse
        {
            Topics = [new ListOffsetsResponse.ListOffsetsTopicResponse { Name = "t", Partitions = [new ListOffsetsResponse.ListOffsetsPartitionResponse { Offset = 0, Timestamp = -1 }] }],
        });
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.Address,
            Seed = 1,
            Producer = new ProducerOptions { EnableIdempotence = false },
        });
        var began = Stopwatch.GetTimestamp();

        var failure = await Assert.ThrowsAsync<KafkaException>(() => CallAsync(client, call).OrTimeout("the failure"));

        // Far below any timeout of its options: nobody has to wait for what will not change.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal((ErrorCode.UnsupportedVersion, false), (failure.ErrorCode, failure.IsRetriable));
        Assert.Contains($"of {api}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(broker.Address, failure.Message, StringComparison.Ordinal);
        Assert.Contains("pgrade", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(FileNotFoundException))]
    public async Task What_secures_connections_and_throws_is_told_of_and_ends_nothing(Type thrown)
    {
        var clock = new FakeTimeProvider();
        var security = new Forgetful(thrown);
        await using var fixture = new ProducerFixture(change: options => options with
        {
            TimeProvider = clock,
            Security = security,
            Producer = new ProducerOptions { MaxBlock = Time },
        });

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => CallAsync(fixture.Client, "produce").WhileMoving(clock, TimeSpan.FromMilliseconds(25), "the failure"));
        security.Remembers = true;
        await CallAsync(fixture.Client, "produce").WhileMoving(clock, TimeSpan.FromMilliseconds(25), "the delivery");

        Assert.Contains($"The connection to {fixture.Broker.Address} could not be secured: Forgetful threw {thrown.Name}: my certificate is gone.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_wrong_address_among_others_takes_no_hope_and_ends_no_producer()
    {
        var clock = new FakeTimeProvider();
        await using var http = Start("http");
        await using var fixture = new ProducerFixture(change: options => options with
        {
            BootstrapServers = $"{http!.Address},{options.BootstrapServers}",
            TimeProvider = clock,
            Producer = new ProducerOptions { MaxBlock = Time },
        });
        fixture.Broker.Admit = static (_, _) => false;

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => CallAsync(fixture.Client, "produce").WhileMoving(clock, TimeSpan.FromMilliseconds(25), "the failure"));
        fixture.Broker.Admit = static (_, _) => true;
        await CallAsync(fixture.Client, "produce").WhileMoving(clock, TimeSpan.FromMilliseconds(25), "the delivery");

        Assert.Contains("answers in HTTP", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Broker {fixture.Broker.Address} closed the connection", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsRetriable);
    }

    [Fact]
    public async Task A_wrong_address_does_not_say_that_the_producer_cannot_be_idempotent()
    {
        await using var http = Start("http");
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = http!.Address, Seed = 1 });
        for (var round = 0; round < 5; round++)
        {
            var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => CallAsync(client, "produce").OrTimeout("the failure"));
            Assert.False(failure.IsFatal);
        }
    }

    private static string Expected(string server) => server switch
    {
        "nobody" => "Nothing answers at",
        "http" => "answers in HTTP",
        "tls" => "TLS",
        "garbage" => "does not speak the Kafka protocol",
        "silence" => "within 4000 ms",
        _ => "closed",
    };

    private static StrangeServer? Start(string server) => server switch
    {
        "nobody" => null,
        "http" => new StrangeServer(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),

        // The alert of a TLS server that was not greeted: unexpected message.
        "tls" => new StrangeServer([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A]),
        "garbage" => new StrangeServer([0x00, 0x00, 0x00, 0x02, 0xDE, 0xAD]),
        "silence" => new StrangeServer([]),
        _ => new StrangeServer(null),
    };

    /// <summary>An address where nobody listens any more.</summary>
    private static string Unheard()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }

    private static IEnumerable<string> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception.Message;
        }
    }

    private static async Task CallAsync(KafkaClient client, string call)
    {
        switch (call)
        {
            case "produce":
                await client.ProduceAsync("t", "v");
                break;
            case "consume":
                await foreach (var record in client.ConsumeAsync<string, string>("t", StartPosition.Beginning))
                {
                    Assert.Fail($"There is a record where there is no broker: {record}");
                }

                break;
            default:
                await client.Admin.Cluster.DescribeAsync();
                break;
        }
    }
    private sealed class Forgetful(Type thrown) : IStreamSecurity
    {
        private volatile bool _remembers;

        public bool Remembers { get => _remembers; set => _remembers = value; }

        public ValueTask<Stream> SecureAsync(Stream transport, ServerAddress server, CancellationToken cancellationToken) =>
            Remembers ? new(transport) : throw (Exception)Activator.CreateInstance(thrown, "my certificate is gone")!;
    }
}
