using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>Keeps what it is asked and answers as the test says; by default with an echo, at once.</summary>
internal sealed class RecordingDispatcher : IRequestDispatcher
{
    private readonly List<byte[]> _requests = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    /// <summary>Answers a request, given its number from 0. Null echoes.</summary>
    public Func<int, RequestFrame, CancellationToken, ValueTask<OutgoingFrame?>>? Answer { get; set; }

    public ConnectionContext? LastConnection { get; private set; }

    public List<byte[]> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Answers every request when the test says so, through the source of that number.</summary>
    public Dictionary<int, TaskCompletionSource<OutgoingFrame?>> AnswerByHand()
    {
        var sources = new Dictionary<int, TaskCompletionSource<OutgoingFrame?>>();
        Answer = (number, _, _) =>
        {
            lock (sources)
            {
                return new ValueTask<OutgoingFrame?>((sources[number] = new TaskCompletionSource<OutgoingFrame?>()).Task);
            }
        };
        return sources;
    }

    public Task ReachedAsync(int count)
    {
        lock (_requests)
        {
            if (_requests.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            return reached.Task.OrTimeout($"{count} requests, {_requests.Count} at the beginning");
        }
    }

    public ValueTask<OutgoingFrame?> DispatchAsync(RequestFrame frame, ConnectionContext connection, CancellationToken closed)
    {
        int number;
        lock (_requests)
        {
            number = _requests.Count;
            _requests.Add(frame.Bytes.ToArray());
            LastConnection = connection;
            _waits.FindAll(wait => wait.Count <= _requests.Count).ForEach(wait => wait.Reached.TrySetResult());
        }

        return Answer is null ? ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(frame.Bytes.ToArray())) : Answer(number, frame, closed);
    }
}
