using Spate.Client.Connections;
using Spate.Protocol;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// Sees to it that partitions are part of a transaction of the older kind before anything is written there: all that wait are named in one request. In the newer kind there is nothing to
/// do. Belongs to the sender's loop.
/// </summary>
internal sealed class TransactionEnrolment(
    Cluster cluster, TransactionSlot slot, TransactionCalls? calls, ProduceVerdicts verdicts, ProducerObstacles obstacles, ProducerAgenda agenda, WakeSignal wake, CancellationToken stopping)
{
    private readonly HashSet<TopicPartition> _wanted = [];
    private Task? _asking;
    private TopicPartition[] _asked = [];
    private TransactionScope? _scope;
    private int _failures;
    private long _askAt;

    /// <summary>Whether a batch for a partition may be sent; if not, the partition is asked for.</summary>
    public bool MayWrite(TopicPartition name)
    {
        if (!slot.IsOn)
        {
            return true;
        }

        if (slot.Scope is not { Failure: null } scope)
        {
            return false;
        }

        if (scope.IsImplicit || scope.Enrolled.Contains(name))
        {
            return true;
        }

        _wanted.Add(name);
        return false;
    }

    /// <summary>Takes over what was answered.</summary>
    public void Settle()
    {
        if (_asking is not { IsCompleted: true } asked)
        {
            return;
        }

        _asking = null;
        if (asked.IsCompletedSuccessfully)
        {
            _failures = 0;
            obstacles.OfAll = null;
            _scope!.Enrolled.UnionWith(_asked);
            return;
        }

        switch (asked.Exception?.InnerException)
        {
            case KafkaException { IsFatal: true } fatal:
                verdicts.Die(fatal);
                break;
            case KafkaException { IsRetriable: true } passing:
                obstacles.OfAll = passing;
                _failures++;
                _askAt = agenda.Now + agenda.Ticks(cluster.Options.NewRetryBackoff().After(_failures, cluster.Chance));
                break;
            case KafkaException failure:
                _scope!.Fail(failure);
                break;
            case { } fault:
                throw fault;
        }
    }

    /// <summary>Asks for what has been found wanting.</summary>
    public void Ask()
    {
        if (_wanted.Count == 0 || _asking is not null)
        {
            return;
        }

        if (agenda.Now < _askAt)
        {
            agenda.ComeBackAt(_askAt);
            return;
        }

        (_scope, _asked) = (slot.Scope, [.. _wanted]);
        _wanted.Clear();
        if (_scope is { Failure: null } scope && scope.TryHold())
        {
            scope.Begin();
            _asking = AskAsync(scope, _asked);
            wake.SetAfter(_asking);
        }
    }

    private async Task AskAsync(TransactionScope scope, TopicPartition[] partitions)
    {
        try
        {
            await calls!.EnrolAsync(scope.Identity, partitions, stopping).ConfigureAwait(false);
            scope.Confirm();
        }
        finally
        {
            scope.Leave();
        }
    }
}
