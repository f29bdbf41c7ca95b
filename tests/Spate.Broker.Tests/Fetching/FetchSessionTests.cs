using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Fetching;

/// <summary>Fetch sessions (KIP-227) as a client meets them.</summary>
public sealed class FetchSessionTests
{
    private const short Version = 13;
    private const int HourMs = 3_600_000;

    public static TheoryData<short> Versions => Handlers.Versions.From(7, FetchRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Next_fetches_name_nothing_and_are_answered_with_what_is_new(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 3);
        var session = await SessionAsync(broker, id, 3, version);

        Assert.Equal([(0, ErrorCode.None, 0), (1, ErrorCode.None, 0), (2, ErrorCode.None, 0)], SessionClient.Named(await session.FetchAsync()));
        Assert.NotEqual(0, session.SessionId);
        Assert.Empty((await session.FetchAsync()).Responses);
        await broker.ProduceAsync("t", 1, "a");
        Assert.Equal([(1, ErrorCode.None, 1)], SessionClient.Named(await session.FetchAsync()));
        Assert.Empty((await session.FetchAsync()).Responses);
        await broker.ProduceAsync("t", 1, "b");
        await broker.ProduceAsync("t", 2, "c", "d");
        Assert.Equal([(1, ErrorCode.None, 1), (2, ErrorCode.None, 2)], SessionClient.Named(await session.FetchAsync()));
    }

    public static TheoryData<string, short, ErrorCode> Wrong => new()
    {
        { "same epoch again", 13, ErrorCode.InvalidFetchSessionEpoch },
        { "epoch left out", 13, ErrorCode.InvalidFetchSessionEpoch },
        { "last epoch", 13, ErrorCode.InvalidFetchSessionEpoch },
        { "negative epoch", 13, ErrorCode.InvalidFetchSessionEpoch },
        { "unknown id", 13, ErrorCode.FetchSessionIdNotFound },
        { "no id", 13, ErrorCode.FetchSessionIdNotFound },
        { "names instead of ids", 12, ErrorCode.FetchSessionTopicIdError },
        { "isolation level 2", 13, ErrorCode.InvalidRequest },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Wrong_fetches_are_refused_and_the_session_goes_on(string what, short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        var session = await SessionAsync(broker, id, 2);
        await session.FetchAsync();
        await session.FetchAsync();
        var request = new FetchRequest { SessionId = session.SessionId, SessionEpoch = 2 };
        switch (what)
        {
            case "same epoch again": request.SessionEpoch = 1; break;
            case "epoch left out": request.SessionEpoch = 3; break;
            case "last epoch": request.SessionEpoch = int.MaxValue; break;
            case "negative epoch": request.SessionEpoch = -2; break;
            case "unknown id": request.SessionId ^= 1; break;
            case "no id": request.SessionId = 0; break;
            case "isolation level 2": request.IsolationLevel = 2; break;
        }

        var reply = await broker.AskAsync(request, version);

        Assert.Equal((error, 0, 0), (reply.ErrorCode, reply.SessionId, reply.Responses.Count));
        await broker.ProduceAsync("t", 1, "a");
        Assert.Equal([(1, ErrorCode.None, 1)], SessionClient.Named(await session.FetchAsync()));
    }

    [Fact]
    public async Task Ids_instead_of_names_are_refused_in_a_session_of_names()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var session = await SessionAsync(broker, id, 1, version: 12);
        await session.FetchAsync();

        var reply = await broker.AskAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 1 }, 13);

        Assert.Equal(ErrorCode.FetchSessionTopicIdError, reply.ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Full_fetch_ends_the_session_that_it_names(int epoch)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();
        var request = Ask.Fetch("t", id, 0, 0);
        (request.SessionId, request.SessionEpoch) = (session.SessionId, epoch);

        var reply = await broker.AskAsync(request, Version);

        Assert.Equal((ErrorCode.None, 1, epoch == 0), (reply.ErrorCode, reply.Responses.Count, reply.SessionId != 0));
        Assert.NotEqual(session.SessionId, reply.SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await session.FetchAsync()).ErrorCode);
    }

    [Fact]
    public async Task Session_that_forgets_everything_is_none_any_more()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        var session = await SessionAsync(broker, id, 2);
        await session.FetchAsync();
        var sessionId = session.SessionId;

        var reply = await session.Forget("t", id, 0).Forget("t", id, 1).FetchAsync();

        Assert.Equal((ErrorCode.None, 0, 0), (reply.ErrorCode, reply.SessionId, reply.Responses.Count));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await broker.AskAsync(new FetchRequest { SessionId = sessionId, SessionEpoch = 2 }, Version)).ErrorCode);
    }

    [Fact]
    public async Task Forgotten_partitions_do_not_come_and_may_come_back()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        var session = await SessionAsync(broker, id, 2);
        await session.FetchAsync();

        // One that is not there is passed over.
        await session.Forget("t", id, 0).Forget("t", id, 77).FetchAsync();
        await broker.ProduceAsync("t", 0, "a");
        await broker.ProduceAsync("t", 1, "b");
        Assert.Equal([(1, ErrorCode.None, 1)], SessionClient.Named(await session.FetchAsync()));
        Assert.Equal([(0, ErrorCode.None, 1)], SessionClient.Named(await session.Want("t", id, 0, 0).FetchAsync()));
    }

    [Fact]
    public async Task Partition_that_is_added_and_forgotten_at_once_is_forgotten()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 1, "a");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();
        var request = Ask.Fetch("t", id, 1, 0);
        (request.SessionId, request.SessionEpoch) = (session.SessionId, 1);
        request.ForgottenTopicsData.Add(new FetchRequest.ForgottenTopic { TopicId = id, Partitions = [1] });

        Assert.Empty((await broker.AskAsync(request, Version)).Responses);
    }

    [Fact]
    public async Task Errors_are_told_in_every_answer_until_they_are_over()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var session = new SessionClient(await broker.ConnectAsync(), 12) { MaxWaitMs = HourMs };
        session.Want("t", id, 0, 0).Want("u", default, 0, 0);

        Assert.Equal([(0, ErrorCode.None, 0), (0, ErrorCode.UnknownTopicOrPartition, 0)], SessionClient.Named(await session.FetchAsync()));
        Assert.Equal([(0, ErrorCode.UnknownTopicOrPartition, 0)], SessionClient.Named(await session.FetchAsync()));
        await broker.CreateTopicAsync("u");
        session.MaxWaitMs = 0;
        Assert.Equal([(0, ErrorCode.None, 0)], SessionClient.Named(await session.FetchAsync()));
        Assert.Empty((await session.FetchAsync()).Responses);
    }

    [Fact]
    public async Task Moved_start_of_the_log_is_told_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        var session = new SessionClient(await broker.ConnectAsync(), Version).Want("t", id, 0, 1);
        await session.FetchAsync();
        await session.FetchAsync();
        await session.FetchAsync();

        Assert.Equal(ErrorCode.None, broker.Partitions.Find("t", 0, out var partition));
        Assert.True(partition!.Log.DeleteRecordsBefore(1));

        Assert.Equal(1, Assert.Single(Assert.Single((await session.FetchAsync()).Responses).Partitions).LogStartOffset);
        Assert.Empty((await session.FetchAsync()).Responses);
    }

    [Fact]
    public async Task Records_that_are_not_asked_behind_come_again()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();

        for (var epoch = 1; epoch < 4; epoch++)
        {
            var reply = await broker.AskAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = epoch, MaxBytes = 1000 }, Version);
            Assert.Equal([(0, ErrorCode.None, 1)], SessionClient.Named(reply));
        }
    }

    [Fact]
    public async Task Partitions_take_turns_when_there_is_room_for_one()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 3);
        for (var round = 0; round < 4; round++)
        {
            for (var partition = 0; partition < 3; partition++)
            {
                await broker.ProduceAsync("t", partition, "a");
            }
        }

        var session = await SessionAsync(broker, id, 3);
        session.MaxBytes = 1;
        var turns = new List<int>();
        for (var fetch = 0; fetch < 12; fetch++)
        {
            turns.Add(Assert.Single(SessionClient.Named(await session.FetchAsync()), named => named.Records > 0).Partition);
        }

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], turns);
    }

    [Fact]
    public async Task Fetch_that_waits_is_woken_by_a_partition_that_was_quiet_for_long()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        var client = await broker.ConnectAsync();
        var session = new SessionClient(client, Version).Want("t", id, 0, 0).Want("t", id, 1, 0);
        for (var fetch = 0; fetch < 4; fetch++)
        {
            await session.FetchAsync();
        }

        session.MaxWaitMs = 500;
        var waiting = session.FetchAsync();
        await broker.ProduceAsync("t", 1, "a");

        Assert.Equal([(1, ErrorCode.None, 1)], SessionClient.Named(await waiting));
        var next = session.FetchAsync();
        await broker.WhenWatchedAsync("t", 1, 1);
        broker.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Empty((await next).Responses);
    }

    [Fact]
    public async Task Session_is_bound_to_no_connection_and_its_fetches_have_turns()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();
        var (first, second) = (await broker.ConnectAsync(), await broker.ConnectAsync());
        var one = await first.SendAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 1, MaxWaitMs = HourMs, MinBytes = 1, MaxBytes = 1000 }, Version);
        await broker.WhenWatchedAsync("t", 0, 1);
        var two = await second.SendAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 2, MaxBytes = 1000 }, Version);

        await broker.ProduceAsync("t", 0, "a");

        Assert.Equal([(0, ErrorCode.None, 1)], SessionClient.Named(await first.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Version, one)));
        Assert.Equal([(0, ErrorCode.None, 1)], SessionClient.Named(await second.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Version, two)));
    }

    [Fact]
    public async Task Session_whose_client_went_while_it_waited_goes_on_with_the_next()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();
        using (var client = await TestClient.ConnectAsync(broker.EndPoint))
        {
            await client.SendAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 1, MaxWaitMs = HourMs, MinBytes = 1 }, Version);
            await broker.WhenWatchedAsync("t", 0, 1);
        }

        // It is not known whether the reply arrived, so the client begins anew, or tries the next epoch.
        var reply = await broker.AskAsync(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 2 }, Version);
        Assert.Equal((ErrorCode.None, session.SessionId), (reply.ErrorCode, reply.SessionId));
        Assert.Empty(broker.Log.Complaints);
    }

    [Fact]
    public async Task Topic_that_is_deleted_and_created_anew_is_an_error_by_id_and_another_topic_by_name()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        var byId = await SessionAsync(broker, id, 1);
        var byName = await SessionAsync(broker, id, 1, version: 12);
        await byId.FetchAsync();
        await byName.FetchAsync();

        await broker.DeleteTopicAsync("t");
        Assert.Equal([(0, ErrorCode.UnknownTopicId, 0)], SessionClient.Named(await byId.FetchAsync()));
        Assert.Equal([(0, ErrorCode.UnknownTopicOrPartition, 0)], SessionClient.Named(await byName.FetchAsync()));
        var anew = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "b", "c");

        Assert.Equal([(0, ErrorCode.InconsistentTopicId, 0)], SessionClient.Named(await byId.FetchAsync()));
        Assert.Equal([(0, ErrorCode.None, 2)], SessionClient.Named(await byName.FetchAsync()));
        Assert.Equal([(0, ErrorCode.None, 2)], SessionClient.Named(await byId.Forget("t", id, 0).Want("t", anew, 0, 0).FetchAsync()));
    }

    [Fact]
    public async Task Partition_that_is_named_twice_is_answered_once_and_as_asked_last()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        await broker.ProduceAsync("t", 0, "b");
        var request = Ask.Fetch("t", id, 0, 7);
        request.Topics.Add(Ask.Fetch("t", id, 0, 1).Topics[0]);

        var partition = Assert.Single(Assert.Single((await broker.AskAsync(request, Version)).Responses).Partitions);

        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        Assert.Equal(["b"], Batches.Values(partition.Records.Bytes));
    }

    [Fact]
    public async Task No_places_no_sessions()
    {
        await using var broker = await TestBroker.StartAsync("max.incremental.fetch.session.cache.slots=0");
        var session = await SessionAsync(broker, await broker.CreateTopicAsync("t"), 1);

        Assert.Equal(ErrorCode.None, (await session.FetchAsync()).ErrorCode);
        Assert.Equal(0, session.SessionId);
        Assert.Single((await session.FetchAsync()).Responses);
    }

    [Fact]
    public async Task Session_that_gave_way_watches_nothing_any_more()
    {
        await using var broker = await TestBroker.StartAsync("max.incremental.fetch.session.cache.slots=1");
        var id = await broker.CreateTopicAsync("t");
        var session = await SessionAsync(broker, id, 1);
        await session.FetchAsync();
        await session.FetchAsync();
        await broker.WhenWatchedAsync("t", 0, 1);
        broker.Clock.Advance(TimeSpan.FromSeconds(121));

        var other = await SessionAsync(broker, id, 1);
        await other.FetchAsync();

        Assert.NotEqual(0, other.SessionId);
        await broker.WhenWatchedAsync("t", 0, 0);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await session.FetchAsync()).ErrorCode);
    }

    [Fact]
    public async Task Session_does_not_outlive_its_broker()
    {
        var files = new MemoryFileSystem();
        FetchRequest next;
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            var session = await SessionAsync(broker, await broker.CreateTopicAsync("t"), 1);
            await session.FetchAsync();
            next = session.Request();
        }

        await using var again = await TestBroker.StartOnAsync(files);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await again.AskAsync(next, Version)).ErrorCode);
    }

    private static async Task<SessionClient> SessionAsync(TestBroker broker, Uuid id, int partitions, short version = Version)
    {
        var session = new SessionClient(await broker.ConnectAsync(), version);
        for (var partition = 0; partition < partitions; partition++)
        {
            session.Want("t", id, partition, 0);
        }

        return session;
    }
}
