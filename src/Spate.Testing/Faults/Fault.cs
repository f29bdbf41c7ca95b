using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>A fault that was ordered from <see cref="BrokerFaults"/>. It outlives restarts of the broker. Safe for use by several threads at once.</summary>
public sealed class Fault : IDisposable
{
    private readonly FaultScope _scope;
    private readonly CancellationTokenSource _lifted = new();
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _seen;
    private int _taken;
    private int _count;
    private bool _isLifted;

    internal Fault(ApiKey apiKey, FaultScope scope, FaultAction action)
    {
        ApiKey = apiKey;
        Action = action;
        _scope = scope;
        Lifted = _lifted.Token;
    }

    /// <summary>How many requests it has befallen so far.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Whether it will befall no more requests. What it delays may still wait for it to be disposed.</summary>
    internal bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _isLifted || _taken >= _scope.Times;
            }
        }
    }

    internal bool IsLifted => Lifted.IsCancellationRequested;

    internal ApiKey ApiKey { get; }

    internal FaultAction Action { get; }

    /// <summary>Cancelled when the fault ends: what it holds back may go.</summary>
    internal CancellationToken Lifted { get; }

    /// <summary>
    /// Completes when it has befallen so many requests: refused them, begun to hold their replies back, dropped them, or done what comes before the
    /// end of the connection. Ask first, act then, and no test has to poll.
    /// </summary>
    /// <param name="count">How many, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ReachedAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            if (_count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends it: it befalls no more requests, and replies that it delays leave now. Requests that it dropped stay unanswered.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isLifted)
            {
                return;
            }

            _isLifted = true;
        }

        _lifted.Cancel();
        _lifted.Dispose();
    }

    /// <summary>Whether it befalls a request, which is one of its number then.</summary>
    internal bool Takes(FaultedRequest request)
    {
        if (request.ApiKey != ApiKey || !_scope.Holds(request))
        {
            return false;
        }

        lock (_gate)
        {
            if (_isLifted || ++_seen <= _scope.Skip || _taken >= _scope.Times)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    /// <summary>It has befallen a request that it took.</summary>
    internal void Befell()
    {
        lock (_gate)
        {
            _count++;
            foreach (var (_, reached) in _waiting.Where(waiting => waiting.Count <= _count))
            {
                reached.SetResult();
            }

            _waiting.RemoveAll(waiting => waiting.Count <= _count);
        }
    }
}
