using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Connections;
using Spate.Client.Telemetry;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Connections;

public sealed class BrokerLinkTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_newest_version_that_both_sides_speak_is_taken()
    {
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 7, (_, _) => new MetadataResponse { ClusterId = "a" });
        await using var link = Link(broker.Address);

        using var reply = await link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default).OrTimeout("an answer");

        Assert.Equal(("a", (short)7), (reply.Message.ClusterId, reply.Version));
        Assert.Equal([(ApiKey.ApiVersions, (short)4), (ApiKey.Metadata, (short)7)], broker.Requests);
    }

    [Fact]
    public async Task A_version_may_be_held_below_the_newest()
    {
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, (_, _) => new MetadataResponse());
        await using var link = Link(broker.Address);

        using var reply = await link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default, highestVersion: 9).OrTimeout("an answer");

        Assert.Equal(9, reply.Version);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 2)]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    public async Task A_broker_that_does_not_know_the_version_of_the_first_question_is_asked_in_the_one_it_names_or_in_zero(short known, short expected)
    {
        await using var broker = new FakeBroker();
        broker.On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, (_, call) =>
        {
            var offer = broker.Offer();
            if (call.Version <= Math.Max(known, (short)0))
            {
                return offer;
            }

            offer.ErrorCode = ErrorCode.UnsupportedVersion;
            offer.ApiKeys.RemoveAll(api => api.ApiKey != (short)ApiKey.ApiVersions || known < 0);
            offer.ApiKeys.ForEach(api => api.MaxVersion = known);
            return offer;
        });
        await using var link = Link(broker.Address);

        await link.ConnectAsync(default).OrTimeout("a connection");

        Assert.Equal([4, expected], broker.Requests.Select(request => request.Version));
    }

    [Theory]
    [InlineData(3, "spate-client")]
    [InlineData(0, "")]
    public async Task The_client_names_its_software_where_the_version_has_room(short version, string expected)
    {
        await using var broker = new FakeBroker();
        string? software = null;
        broker.On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, (request, call) =>
        {
            if (call.Version > version)
            {
                return new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [new() { ApiKey = 18, MaxVersion = version }] };
            }

            software = request.ClientSoftwareName;
            return broker.Offer();
        });
        await using var link = Link(broker.Address);

        await link.ConnectAsync(default).OrTimeout("a connection");

        Assert.Equal(expected, software);
    }

    [Fact]
    public async Task What_the_broker_does_not_offer_is_told_with_both_ranges()
    {
        await using var broker = new FakeBroker();
        broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 0, 2, (_, _) => (ProduceResponse?)null);
        await using var link = Link(broker.Address);

        var old = await Assert.ThrowsAsync<KafkaException>(() => link.AskAsync(new ProduceRequest(), Soon, default).OrTimeout("an answer"));
        var absent = await Assert.ThrowsAsync<KafkaException>(() => link.AskAsync(new FetchRequest(), Soon, default).OrTimeout("an answer"));

        Assert.Equal((ErrorCode.UnsupportedVersion, false), (old.ErrorCode, old.IsRetriable));
        Assert.Contains($"Broker 1 ({broker.Address}) offers versions 0 to 2 of Produce, and 3 to 13 would be needed", old.Message, StringComparison.Ordinal);
        Assert.Contains("does not offer Fetch", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_requests_go_over_one_connection_and_each_gets_its_own_reply()
    {
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, (request, _) => new MetadataResponse { ClusterId = request.Topics![0].Name });
        await using var link = Link(broker.Address);

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var request = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = $"t{number}" }] };
            using var reply = await link.AskAsync(request, Soon, default);
            return reply.Message.ClusterId;
        })).OrTimeout("200 answers");

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"t{number}"), replies);
        Assert.Equal(1, broker.ConnectionCount);
    }

    [Fact]
    public async Task A_reply_out_of_step_ends_the_connection_and_everybody_who_waits_is_told()
    {
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, async (_, call) =>
        {
            await call.SendRawAsync([0, 0, 0, 4, 0x7F, 0, 0, 1]);
            return null;
        });
        await using var link = Link(broker.Address);

        var first = link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default);
        var second = link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default);

        var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => first.OrTimeout("a failure"));
        await Assert.ThrowsAsync<KafkaConnectionException>(() => second.OrTimeout("a failure"));
        Assert.Contains("is not one", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsRetriable);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "answers in HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "begins with the text 'SSH-'")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0046", "TLS listener")]
    [InlineData("\u0000\u0000\u0000\u0002ab", "does not speak the Kafka protocol")]
    public async Task Who_does_not_speak_Kafka_is_recognised_and_no_memory_is_taken_for_the_length(string says, string expected)
    {
        await using var broker = new FakeBroker();
        broker.On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, async (_, call) =>
        {
            await call.SendRawAsync(Encoding.Latin1.GetBytes(says));
            return null;
        });
        await using var link = Link(broker.Address);

        var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => link.ConnectAsync(default).OrTimeout("a failure"));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsRetriable);
    }

    [Fact]
    public async Task A_connection_that_is_cut_within_a_reply_says_so()
    {
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, async (_, call) =>
        {
            await call.SendRawAsync([0, 0, 0, 90, 0, 0, 0]);
            call.Cut();
            return null;
        });
        await using var link = Link(broker.Address);

        var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default).OrTimeout("a failure"));

        Assert.Contains("in the middle of a reply", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_in_time_loses_its_connection()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, async (_, _) =>
        {
            asked.TrySetResult();
            await release.Task;
            return null;
        });
        await using var link = Link(broker.Address, options => options with { TimeProvider = clock });

        var asking = link.AskAsync(new MetadataRequest { Topics = [] }, TimeSpan.FromSeconds(5), default);
        await asked.Task.OrTimeout("the request");
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => asking.OrTimeout("the time to be up"));
        Assert.Contains("did not answer Metadata in time", failure.Message, StringComparison.Ordinal);
        Assert.Null(link.OpenConnection);
        release.SetResult();
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_and_leaves_the_connection_in_step()
    {
        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, async (_, _) =>
        {
            asked.TrySetResult();
            await release.Task;
            return new MetadataResponse { ClusterId = "late" };
        });
        await using var link = Link(broker.Address);
        using var cancellation = new CancellationTokenSource();

        var asking = link.AskAsync(new MetadataRequest { Topics = [] }, Soon, cancellation.Token);
        await asked.Task.OrTimeout("the request");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.OrTimeout("the cancellation"));
        release.SetResult();

        using var next = await link.AskAsync(new MetadataRequest { Topics = [] }, Soon, default).OrTimeout("the next answer");
        Assert.Equal("late", next.Message.ClusterId);
        Assert.Equal(1, broker.ConnectionCount);
    }

    [Fact]
    public async Task A_connection_that_nobody_uses_is_closed_and_made_again_when_it_is_needed()
    {
        var clock = new FakeTimeProvider();
        await using var broker = new FakeBroker();
        await using var link = Link(broker.Address, options => options with { TimeProvider = clock });
        var first = await link.ConnectAsync(default).OrTimeout("a connection");

        clock.Advance(TimeSpan.FromMinutes(9) - TimeSpan.FromSeconds(1));
        Assert.True(first.IsOpen);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(first.IsOpen);

        var second = await link.ConnectAsync(default).OrTimeout("another connection");
        Assert.NotSame(first, second);
        Assert.Equal(2, broker.ConnectionCount);
    }

    [Fact]
    public async Task Every_address_of_a_name_is_tried()
    {
        await using var broker = new FakeBroker();
        var names = new FixedNames(new() { ["kafka.test"] = [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback] });
        await using var link = Link($"kafka.test:{broker.Port}", options => options with { NameResolver = names });

        Assert.True((await link.ConnectAsync(default).OrTimeout("a connection")).IsOpen);
    }

    [Fact]
    public async Task A_name_without_an_address_and_a_port_without_a_listener_are_told_apart()
    {
        int port;
        await using (var gone = new FakeBroker())
        {
            port = gone.Port;
        }

        var names = new FixedNames([]);
        await using var unnamed = Link("kafka.test:9092", options => options with { NameResolver = names });
        await using var unheard = Link($"127.0.0.1:{port}");

        var noName = await Assert.ThrowsAsync<KafkaConnectionException>(() => unnamed.ConnectAsync(default).OrTimeout("a failure"));
        var noListener = await Assert.ThrowsAsync<KafkaConnectionException>(() => unheard.ConnectAsync(default).OrTimeout("a failure"));

        Assert.Contains("The name of kafka.test:9092 cannot be resolved", noName.Message, StringComparison.Ordinal);
        Assert.Contains($"Nothing answers at 127.0.0.1:{port}", noListener.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failure_the_next_attempt_waits_and_the_wait_grows()
    {
        int port;
        await using (var gone = new FakeBroker())
        {
            port = gone.Port;
        }

        var clock = new FakeTimeProvider();
        await using var link = Link($"127.0.0.1:{port}", options => options with { TimeProvider = clock });
        await Assert.ThrowsAsync<KafkaConnectionException>(() => link.ConnectAsync(default).OrTimeout("a failure"));

        // The first wait is 50 ms spread by a fifth, the second 100 ms.
        foreach (var (tooShort, longEnough) in new[] { (39, 22), (79, 42) })
        {
            var next = link.ConnectAsync(default);
            clock.Advance(TimeSpan.FromMilliseconds(tooShort));
            Assert.False(next.IsCompleted);
            await Assert.ThrowsAsync<KafkaConnectionException>(() => next.WhileMoving(clock, TimeSpan.FromMilliseconds(longEnough), "the second attempt"));
        }
    }

    [Fact]
    public async Task Many_who_ask_for_a_connection_share_one_attempt()
    {
        await using var broker = new FakeBroker();
        await using var link = Link(broker.Address);

        var connections = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => link.ConnectAsync(default))).OrTimeout("the connections");

        Assert.Single(connections.Distinct());
        Assert.Equal(1, broker.ConnectionCount);
    }

    private static BrokerLink Link(string address, Func<KafkaClientOptions, KafkaClientOptions>? change = null)
    {
        var options = new KafkaClientOptions { BootstrapServers = address, Seed = 1 };
        options = change?.Invoke(options) ?? options;
        return new BrokerLink(options.Validate()[0], 1, options, options.NewChance(), new ClientWatch(options));
    }
}
