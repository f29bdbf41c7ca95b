using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>
/// One call about many items. Each is asked about at the broker that knows it, all brokers at once, one request for each; those that could not be
/// answered for now are asked about again, until the time is up. Used once, by one caller.
/// </summary>
/// <typeparam name="TItem">What is asked about.</typeparam>
/// <typeparam name="TResult">What becomes of each.</typeparam>
internal sealed class ItemCall<TItem, TResult>(AdminCalls calls, ApiKey api)
    where TItem : notnull
    where TResult : struct, IAdminResult<TResult>
{
    private readonly Dictionary<TItem, TResult> _results = [];
    private readonly Dictionary<TItem, KafkaException?> _waiting = [];
    private bool _wasHeard;

    /// <summary>Says which broker to ask about each item; called for every attempt.</summary>
    public required Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyDictionary<TItem, FoundBroker>>> Route { get; init; }

    /// <summary>Asks one broker about its items.</summary>
    public required Func<int, IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyDictionary<TItem, TResult>>> Ask { get; init; }

    /// <summary>One of <see cref="RetryRules"/>.</summary>
    public required Func<KafkaException, bool> Again { get; init; }

    /// <returns>A result for each item, in the order of the items.</returns>
    /// <exception cref="KafkaException">Nobody answered about any of them.</exception>
    public async Task<IReadOnlyDictionary<TItem, TResult>> RunAsync(IEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            _waiting[item] = null;
        }

        var order = _waiting.Keys.ToArray();

        using var time = calls.Begin(api.ToString(), cancellationToken);
        for (var round = 1; _waiting.Count > 0; round++)
        {
            await RoundAsync(round, time).ConfigureAwait(false);
            if (_waiting.Count > 0 && (time.IsOver || !await time.RestAsync(round).ConfigureAwait(false)))
            {
                break;
            }
        }

        foreach (var (item, last) in _waiting)
        {
            _results[item] = TResult.Of(time.Late(last));
        }

        return _wasHeard || order.Length == 0 ? order.ToResults(static item => item, item => _results[item]) : throw _results[order[0]].Error!;
    }

    private async Task RoundAsync(int round, CallTime time)
    {
        var items = _waiting.Keys.ToArray();
        IReadOnlyDictionary<TItem, FoundBroker> routes;
        try
        {
            routes = await Route(items, time.Token).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            FailAll(items, failure, round);
            return;
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            return;
        }

        var byNode = new Dictionary<int, List<TItem>>();
        foreach (var item in items)
        {
            if (routes[item].Failure is { } failure)
            {
                _wasHeard = true;
                Fail(item, failure, AdminCalls.MayPass(failure, round));
            }
            else if (byNode.TryGetValue(routes[item].NodeId, out var others))
            {
                others.Add(item);
            }
            else
            {
                byNode.Add(routes[item].NodeId, [item]);
            }
        }

        // What came back is taken in by this thread alone, in the end.
        foreach (var (asked, answers, failure) in await Task.WhenAll(byNode.Select(each => AskAsync(each.Key, each.Value, time))).ConfigureAwait(false))
        {
            if (answers is not null)
            {
                _wasHeard = true;
                TakeIn(asked, answers, round);
            }
            else if (failure is not null)
            {
                FailAll(asked, failure, round);
            }
        }
    }

    /// <returns>The answers, or a failure, or neither when the time was up.</returns>
    private async Task<(IReadOnlyList<TItem> Asked, IReadOnlyDictionary<TItem, TResult>? Answers, KafkaException? Failure)> AskAsync(
        int node, IReadOnlyList<TItem> items, CallTime time)
    {
        try
        {
            return (items, await Ask(node, items, time.Token).ConfigureAwait(false), null);
        }
        catch (KafkaException failure)
        {
            return (items, null, failure);
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            return (items, null, null);
        }
    }

    private void TakeIn(IReadOnlyList<TItem> asked, IReadOnlyDictionary<TItem, TResult> answers, int round)
    {
        foreach (var item in asked)
        {
            if (!answers.TryGetValue(item, out var result))
            {
                Fail(item, BrokerFailure.Of(ErrorCode.UnknownServerError, api, broker: null, $"'{item}'", partition: null, "nothing about this one"), mayPass: false);
            }
            else if (result.Error is { } error && Again(error) && AdminCalls.MayPass(error, round))
            {
                _waiting[item] = error;
            }
            else
            {
                _results[item] = result;
                _waiting.Remove(item);
            }
        }
    }

    private void FailAll(IReadOnlyList<TItem> items, KafkaException failure, int round)
    {
        foreach (var item in items)
        {
            Fail(item, failure, AdminCalls.MayPass(failure, round));
        }
    }

    private void Fail(TItem item, KafkaException failure, bool mayPass)
    {
        if (mayPass)
        {
            _waiting[item] = failure;
            return;
        }

        _results[item] = TResult.Of(failure);
        _waiting.Remove(item);
    }
}
