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
    /// <param name="count">How many, from 1 to <see cref="FaultScope.Times"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">It never befalls so many.</exception>
    /// <exception cref="InvalidOperationException">It was ended, before or meanwhile, and so will not befall so many any more.</exception>
    public Task ReachedAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _scope.Times);
        lock (_gate)
        {
            if (_count >= count)
            {
                return Task.CompletedTask;
            }

            if (_isLifted && _taken < count)
            {
                return Task.FromException(Ended(count));
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

            // What it has taken it will still have befallen.
            foreach (var (count, reached) in _waiting.Where(waiting => waiting.Count > _taken))
            {
                reached.SetException(Ended(count));
            }

            _waiting.RemoveAll(waiting => waiting.Count > _taken);
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

    private InvalidOperationException Ended(int count) => new(
        $"The fault of {ApiKey} was ended when it had befallen {_taken} of the {count} requests that are waited for; {_seen} came that its scope holds for. "
        + "End it later, or look at the scope: the client's name, the topic, the number that pass first.");

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
