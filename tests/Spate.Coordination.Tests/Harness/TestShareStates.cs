using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A keeper of delivery state in memory that can be made to refuse, to hang, and to fail. It answers on the caller's stack.</summary>
internal sealed class TestShareStates : IShareStates
{
    private readonly Queue<Action> _held = new();

    /// <summary>What is kept: the state epoch and the start of each share partition.</summary>
    public SortedDictionary<(string Group, Uuid Topic, int Partition), (int Epoch, long Start)> States { get; } = [];

    /// <summary>Says of each partition why it is refused; None does what was asked.</summary>
    public Func<Uuid, int, ErrorCode> Verdict { get; set; } = (_, _) => ErrorCode.None;

    /// <summary>Thrown by the next call, which then leaves nothing behind.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Calls do nothing and are not answered before <see cref="Release"/>.</summary>
    public bool Hangs { get; set; }

    public int Calls { get; private set; }

    public bool HasHeldCall => _held.Count > 0;

    public ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request) => Answer(() => new InitializeShareGroupStateResponse
    {
        Results = request.Topics.ConvertAll(topic => new InitializeShareGroupStateResponse.InitializeStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(one => new InitializeShareGroupStateResponse.PartitionResult
            {
                Partition = one.Partition,
                ErrorCode = Initialize((request.GroupId, topic.TopicId, one.Partition), one.StateEpoch, one.StartOffset),
            }),
        }),
    });

    public ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request) => Answer(() => new DeleteShareGroupStateResponse
    {
        Results = request.Topics.ConvertAll(topic => new DeleteShareGroupStateResponse.DeleteStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(one => new DeleteShareGroupStateResponse.PartitionResult
            {
                Partition = one.Partition,
                ErrorCode = Delete((request.GroupId, topic.TopicId, one.Partition)),
            }),
        }),
    });

    public ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request) => Answer(() => new ReadShareGroupStateSummaryResponse
    {
        Results = request.Topics.ConvertAll(topic => new ReadShareGroupStateSummaryResponse.ReadStateSummaryResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(one => new ReadShareGroupStateSummaryResponse.PartitionResult
            {
                Partition = one.Partition,
                ErrorCode = Verdict(topic.TopicId, one.Partition),
                StartOffset = States.GetValueOrDefault((request.GroupId, topic.TopicId, one.Partition), (0, -1)).Start,
                StateEpoch = States.GetValueOrDefault((request.GroupId, topic.TopicId, one.Partition), (0, -1)).Epoch,
                DeliveryCompleteCount = 0,
            }),
        }),
    });

    public ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request) => throw new NotSupportedException("Groups do not read state.");

    public ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request) => throw new NotSupportedException("Groups do not write state.");

    /// <summary>Does what hangs, and answers it.</summary>
    public void Release()
    {
        Hangs = false;
        while (_held.TryDequeue(out var held))
        {
            held();
        }
    }

    private ValueTask<TResponse> Answer<TResponse>(Func<TResponse> answer)
    {
        Calls++;
        if (Failure is { } failure)
        {
            Failure = null;
            return ValueTask.FromException<TResponse>(failure);
        }

        if (!Hangs)
        {
            return ValueTask.FromResult(answer());
        }

        var held = new TaskCompletionSource<TResponse>();
        _held.Enqueue(() => held.SetResult(answer()));
        return new ValueTask<TResponse>(held.Task);
    }

    private ErrorCode Initialize((string Group, Uuid Topic, int Partition) key, int stateEpoch, long start)
    {
        var error = Verdict(key.Topic, key.Partition);
        if (error == ErrorCode.None && States.TryGetValue(key, out var known) && stateEpoch < known.Epoch)
        {
            error = ErrorCode.FencedStateEpoch;
        }

        if (error == ErrorCode.None && !(States.TryGetValue(key, out var same) && same.Epoch == stateEpoch))
        {
            States[key] = (stateEpoch, start);
        }

        return error;
    }

    private ErrorCode Delete((string Group, Uuid Topic, int Partition) key)
    {
        var error = Verdict(key.Topic, key.Partition);
        if (error == ErrorCode.None)
        {
            States.Remove(key);
        }

        return error;
    }
}
