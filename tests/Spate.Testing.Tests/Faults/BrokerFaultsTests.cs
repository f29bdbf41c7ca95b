using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing.Faults;
using Spate.Testing.Tests.Wire;

namespace Spate.Testing.Tests.Faults;

/// <summary>What a client sees of each fault, byte by byte, and what the broker has done meanwhile.</summary>
public sealed class BrokerFaultsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private EmbeddedBroker _broker = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { TimeProvider = _clock });
        _client = await RawClient.ConnectAsync(_broker);
        await _client.AskAsync(Ask.CreateTopic("orders"));
        await _client.AskAsync(Ask.CreateTopic("others"));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_request_is_not_done_and_the_next_one_is()
    {
        using var fault = _broker.Faults.Refuse(ApiKey.Produce, ErrorCode.NotLeaderOrFollower);

        Assert.Equal(ErrorCode.NotLeaderOrFollower, await ProduceAsync("orders"));
        Assert.Equal(0, await EndAsync("orders"));
        Assert.Equal(ErrorCode.None, await ProduceAsync("orders"));

        Assert.Equal((1, 1), (await EndAsync("orders"), fault.Count));
    }

    [Fact]
    public async Task A_fault_befalls_only_what_is_in_its_scope_and_only_so_often()
    {
        using var other = await RawClient.ConnectAsync(_broker, "billing");
        using var fault = _broker.Faults.Refuse(
            ApiKey.Produce, ErrorCode.KafkaStorageError, new FaultScope { ClientId = "a-test", Topic = "orders", Skip = 1, Times = 2, Where = request => ((ProduceRequest)request.Message).Acks == -1 });

        Assert.Equal(ErrorCode.None, (await other.AskAsync(Ask.Produce("orders", "v"), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, await ProduceAsync("others"));
        Assert.Equal(ErrorCode.None, (await _client.AskAsync(Ask.Produce("orders", "v", acks: 1), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, await ProduceAsync("orders"));
        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync("orders"));
        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync("orders"));
        Assert.Equal(ErrorCode.None, await ProduceAsync("orders"));
        Assert.Equal(2, fault.Count);
    }

    [Fact]
    public async Task A_topic_is_known_by_its_id_as_well()
    {
        var id = (await _client.AskAsync(Ask.Metadata("orders"))).Topics[0].TopicId;
        var byId = Ask.Produce("", "v");
        byId.TopicData[0].TopicId = id;
        using var fault = _broker.Faults.Refuse(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, new FaultScope { Topic = "orders" });

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _client.AskAsync(byId)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task A_delayed_reply_leaves_when_the_tests_clock_says_so_and_the_work_is_done_before()
    {
        using var fault = _broker.Faults.Delay(ApiKey.Produce, TimeSpan.FromHours(1));
        var request = Ask.Produce("orders", "v");
        await _client.SendAsync(request, Ask.Named);
        await fault.ReachedAsync().OrTimeout("the request");
        Assert.Equal(1, await EndAsync("orders", await OtherAsync()));
        var reply = _client.ReceiveAsync(request, Ask.Named);

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(reply.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, (await reply).Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task A_reply_without_an_end_to_its_delay_leaves_when_the_fault_is_lifted()
    {
        var fault = _broker.Faults.Delay(ApiKey.Metadata, Timeout.InfiniteTimeSpan, new FaultScope { Times = int.MaxValue });
        var request = Ask.Metadata("orders");
        await _client.SendAsync(request);
        await _client.SendAsync(request);
        await fault.ReachedAsync(2).OrTimeout("both requests");

        fault.Dispose();

        Assert.Equal("orders", (await _client.ReceiveAsync(request)).Topics[0].Name);
        Assert.Equal("orders", (await _client.ReceiveAsync(request)).Topics[0].Name);
        Assert.Equal("orders", (await _client.AskAsync(request)).Topics[0].Name);
        Assert.Equal(2, fault.Count);
    }

    [Fact]
    public async Task A_dropped_request_is_neither_done_nor_answered_and_a_stop_does_not_wait_for_it()
    {
        using var fault = _broker.Faults.Drop(ApiKey.Produce);
        await _client.SendAsync(Ask.Produce("orders", "v"), Ask.Named);
        await _client.SendAsync(Ask.Metadata("orders"));
        await fault.ReachedAsync().OrTimeout("the request");
        Assert.Equal(0, await EndAsync("orders", await OtherAsync()));

        await _broker.StopAsync().OrTimeout("the stop");

        Assert.Empty(await _client.ReceiveToEndAsync());
    }

    [Theory]
    [InlineData(BreakPoint.BeforeWork, 0)]
    [InlineData(BreakPoint.AfterWork, 1)]
    [InlineData(BreakPoint.WithinReply, 1)]
    public async Task A_connection_breaks_where_it_is_told_to_and_what_came_before_is_answered(BreakPoint point, long stored)
    {
        using var fault = _broker.Faults.Break(ApiKey.Produce, point);
        var before = Ask.Metadata("others");
        await _client.SendAsync(before);
        await _client.SendAsync(Ask.Produce("orders", "v"), Ask.Named);

        Assert.Equal("others", (await _client.ReceiveAsync(before)).Topics[0].Name);
        var rest = await _client.ReceiveToEndAsync();

        Assert.Equal(stored, await EndAsync("orders", await OtherAsync()));
        if (point == BreakPoint.WithinReply)
        {
            Assert.InRange(rest.Length, sizeof(int) + 1, BinaryPrimitives.ReadInt32BigEndian(rest) + sizeof(int) - 1);
        }
        else
        {
            Assert.Empty(rest);
        }
    }

    [Fact]
    public async Task A_fetch_breaks_within_its_records()
    {
        await _client.AskAsync(Ask.Produce("orders", new string('v', 100_000)), Ask.Named);
        using var fault = _broker.Faults.Break(ApiKey.Fetch, BreakPoint.WithinReply);
        await _client.SendAsync(Ask.Fetch("orders"), Ask.Named);

        var rest = await _client.ReceiveToEndAsync();

        Assert.Equal((BinaryPrimitives.ReadInt32BigEndian(rest) + sizeof(int)) / 2, rest.Length);
        Assert.Contains("vvvv", System.Text.Encoding.Latin1.GetString(rest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_expects_no_answer_is_refused_by_the_end_of_the_connection()
    {
        using var fault = _broker.Faults.Refuse(ApiKey.Produce, ErrorCode.NotLeaderOrFollower);
        await _client.SendAsync(Ask.Produce("orders", "v", acks: 0), Ask.Named);

        Assert.Empty(await _client.ReceiveToEndAsync());
        Assert.Equal(0, await EndAsync("orders", await OtherAsync()));
    }

    [Fact]
    public async Task Faults_outlive_a_restart_and_end_when_they_are_cleared()
    {
        _broker.Faults.Refuse(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, new FaultScope { Times = int.MaxValue });
        await _broker.StopAsync();
        await _broker.RestartAsync();
        using var client = await OtherAsync();

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.AskAsync(Ask.Produce("orders", "v"), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode);
        _broker.Faults.Clear();
        Assert.Equal(ErrorCode.None, (await client.AskAsync(Ask.Produce("orders", "v"), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public void What_cannot_be_ordered_is_refused_with_a_reason()
    {
        var unknown = Assert.Throws<ArgumentException>(() => _broker.Faults.Refuse(ApiKey.SaslHandshake, ErrorCode.UnsupportedSaslMechanism));
        Assert.Contains("break or drop it", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _broker.Faults.Drop(ApiKey.Fetch, new FaultScope { Times = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _broker.Faults.Drop(ApiKey.Fetch, new FaultScope { Skip = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _broker.Faults.Delay(ApiKey.Fetch, TimeSpan.FromSeconds(-2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _broker.Faults.Break(ApiKey.Fetch, (BreakPoint)7));
    }

    /// <summary>Every API that the broker offers and that has errors can be refused in every version, in a way that its reader understands.</summary>
    [Fact]
    public async Task Every_api_is_refused_in_every_version()
    {
        var offered = (await _client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, 3)).ApiKeys;
        var without = new List<ApiKey>();
        foreach (var api in offered.Select(offer => ((ApiKey)offer.ApiKey, offer.MinVersion, offer.MaxVersion)))
        {
            for (var version = api.MinVersion; version <= api.MaxVersion; version++)
            {
                if (RefusedReplies.Of(ApiCatalog.CreateRequest(api.Item1), version, ErrorCode.UnknownServerError) is not { } reply)
                {
                    without.Add(api.Item1);
                    break;
                }

                using var writer = new Spate.Protocol.Wire.MessageWriter();
                reply.Write(writer, version);
            }
        }

        Assert.Empty(without);
    }

    [Fact]
    public async Task A_wait_for_what_a_fault_will_never_do_ends_with_a_reason()
    {
        var fault = _broker.Faults.Drop(ApiKey.Fetch, new FaultScope { Times = 2 });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fault.ReachedAsync(3));
        var before = fault.ReachedAsync(2);
        Assert.False(before.IsCompleted);

        fault.Dispose();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => before.OrTimeout("the end of the wait"));
        Assert.StartsWith("The fault of Fetch was ended when it had befallen 0 of the 2 requests", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fault.ReachedAsync().OrTimeout("the end of a later wait"));
    }

    /// <summary>A scope that names a topic holds for whatever names topics: one that is overlooked would never befall anything, in silence.</summary>
    [Fact]
    public async Task The_topics_of_every_api_that_names_some_are_known()
    {
        var offered = (await _client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, 3)).ApiKeys;
        var named = offered.Select(offer => (ApiKey)offer.ApiKey).Where(api => NamesTopics(ApiCatalog.CreateRequest(api).GetType())).ToList();

        Assert.Contains(ApiKey.ShareFetch, named);
        Assert.DoesNotContain(ApiKey.Heartbeat, named);
        Assert.All(named, api => Assert.NotEmpty(RequestTopics.Of((IRequestMessage)Filled(ApiCatalog.CreateRequest(api).GetType()))));
    }

    private static bool NamesTopics(Type message) => message.GetProperties().Any(property =>
        property.Name.Contains("Topic", StringComparison.Ordinal) || (ElementOf(property.PropertyType) is { IsClass: true } element && element != typeof(string) && NamesTopics(element)));

    /// <summary>A message with one element in each of its lists.</summary>
    private static object Filled(Type message)
    {
        var filled = Activator.CreateInstance(message)!;
        foreach (var property in message.GetProperties().Where(property => property.SetMethod is not null))
        {
            if (property.PropertyType == typeof(string))
            {
                property.SetValue(filled, "orders");
            }
            else if (property.Name == "ResourceType")
            {
                property.SetValue(filled, (sbyte)2);
            }
            else if (ElementOf(property.PropertyType) is { } element)
            {
                var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
                list.Add(element == typeof(string) ? "orders" : element.IsClass ? Filled(element) : Activator.CreateInstance(element));
                property.SetValue(filled, list);
            }
            else if (property.PropertyType is { IsClass: true } type && type.IsNested)
            {
                property.SetValue(filled, Filled(type));
            }
        }

        return filled;
    }

    private static Type? ElementOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0] : null;

    private async Task<ErrorCode> ProduceAsync(string topic) => (await _client.AskAsync(Ask.Produce(topic, "v"), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode;

    private Task<RawClient> OtherAsync() => RawClient.ConnectAsync(_broker, "another");

    private async Task<long> EndAsync(string topic, RawClient? client = null) =>
        (await (client ?? _client).AskAsync(Ask.Fetch(topic), Ask.Named)).Responses[0].Partitions[0].HighWatermark;
}
