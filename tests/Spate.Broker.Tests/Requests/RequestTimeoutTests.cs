using System.Net;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Network;
using Spate.Broker.Requests;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Requests;

/// <summary>Requests that say how long they wait are answered by then, and what they ask goes on.</summary>
public sealed class RequestTimeoutTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly NetworkMetrics _metrics = new();

    [Fact]
    public async Task A_request_whose_time_is_up_is_answered_with_the_error_and_its_work_goes_on()
    {
        var handler = new Handler();
        var reply = Ask(handler, new CreateTopicsRequest { TimeoutMs = 1000, Topics = [new() { Name = "t" }] });
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(reply.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var answer = Assert.Single(((CreateTopicsResponse)(await reply.OrTimeout("the reply"))!).Topics);
        Assert.Equal(("t", ErrorCode.RequestTimedOut), (answer.Name, answer.ErrorCode));
        Assert.Contains("may be done yet", answer.ErrorMessage, StringComparison.Ordinal);
        handler.Source.SetResult(new CreateTopicsResponse());
        Assert.Empty(_log.Complaints);
    }

    [Fact]
    public async Task An_answer_in_time_is_the_answer()
    {
        var handler = new Handler();
        var reply = Ask(handler, new CreateTopicsRequest { TimeoutMs = 1000 });
        var answer = new CreateTopicsResponse();
        handler.Source.SetResult(answer);
        Assert.Same(answer, await reply.OrTimeout("the reply"));
        _time.Advance(TimeSpan.FromDays(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Without_a_time_it_waits_as_long_as_it_takes(int timeoutMs)
    {
        var handler = new Handler();
        var reply = Ask(handler, new CreateTopicsRequest { TimeoutMs = timeoutMs });
        _time.Advance(TimeSpan.FromDays(100));
        Assert.False(reply.IsCompleted);
        handler.Source.SetResult(new CreateTopicsResponse());
        await reply.OrTimeout("the reply");
    }

    [Fact]
    public async Task What_fails_after_the_answer_is_told_to_the_operator()
    {
        var handler = new Handler();
        var reply = Ask(handler, new CreateTopicsRequest { TimeoutMs = 1 });
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await reply.OrTimeout("the reply");
        Inline.Run(() => handler.Source.SetException(new InvalidOperationException("broken")));
        Assert.Contains("answered without it", Assert.Single(_log.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_request_with_a_time_has_its_reply()
    {
        IRequestMessage[] requests =
        [
            new CreateTopicsRequest { TimeoutMs = 5, Topics = [new() { Name = "t" }] },
            new DeleteTopicsRequest { TimeoutMs = 5, TopicNames = ["t"], Topics = [new() { Name = "u" }] },
            new CreatePartitionsRequest { TimeoutMs = 5, Topics = [new() { Name = "t" }] },
            new DeleteRecordsRequest { TimeoutMs = 5, Topics = [new() { Name = "t", Partitions = [new()] }] },
            new ElectLeadersRequest { TimeoutMs = 5, TopicPartitions = [new() { Topic = "t", Partitions = [0] }] },
            new AlterPartitionReassignmentsRequest { TimeoutMs = 5 },
            new UpdateFeaturesRequest { TimeoutMs = 5 },
        ];
        foreach (var request in requests)
        {
            Assert.True(TimedOutReplies.AreFor(request.ApiKey));
            var facts = ApiCatalog.Get(request.ApiKey);
            for (var version = facts.LowestVersion; version <= facts.HighestVersion; version++)
            {
                var (time, reply) = TimedOutReplies.Of(request, version)!.Value;
                Assert.Equal(TimeSpan.FromMilliseconds(5), time);
                using var writer = new MessageWriter();
                reply.Write(writer, version);

                // Code 7, REQUEST_TIMED_OUT, stands in every one of them.
                Assert.True(writer.ToArray().AsSpan().IndexOf([(byte)0, (byte)ErrorCode.RequestTimedOut]) >= 0, $"{request.ApiKey} {version}");
            }
        }

        Assert.Null(TimedOutReplies.Of(new MetadataRequest(), 1));
    }

    private Task<IMessage?> Ask(IRequestHandler handler, CreateTopicsRequest request)
    {
        var connection = new ConnectionContext(1, "TEST", new IPEndPoint(IPAddress.Loopback, 1), default)
        {
            Telemetry = new NetworkTelemetry(_time, _log, _metrics),
        };

        // What goes on after the answer goes on wherever it is woken, and not when the test's own context comes to it.
        Task<IMessage?>? reply = null;
        Inline.Run(() => reply = handler.HandleAsync(Body(request), new RequestContext(connection, 5, "a-test"), default).AsTask());
        return reply!;
    }

    private static byte[] Body(IMessage request)
    {
        using var writer = new MessageWriter();
        request.Write(writer, 5);
        return writer.ToArray();
    }

    private sealed class Handler : RequestHandler<CreateTopicsRequest, CreateTopicsResponse>
    {
        public TaskCompletionSource<CreateTopicsResponse?> Source { get; } = new();

        protected override ValueTask<CreateTopicsResponse?> HandleAsync(CreateTopicsRequest request, RequestContext context, CancellationToken cancellation)
        {
            request.Topics.Clear();
            return new ValueTask<CreateTopicsResponse?>(Source.Task);
        }
    }
}
