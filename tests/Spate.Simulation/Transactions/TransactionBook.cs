using Spate.Coordination.Runtime;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>
/// What happened to transactions, seen from outside: who has a transactional id, what was written where, and how it ended there. Whatever must
/// not be is a fault at once.
/// </summary>
internal sealed class TransactionBook(World world)
{
    private readonly Dictionary<(object Place, long ProducerId), HashSet<Attempt>> _open = [];
    private readonly Dictionary<(long ProducerId, short Epoch), Attempt> _underWay = [];
    private readonly Dictionary<string, (short Epoch, ProducerInstance Who)> _newest = new(StringComparer.Ordinal);
    private int _attempts;

    /// <summary>An instance begins a transaction in the epoch that it has.</summary>
    public Attempt Begin(ProducerInstance who)
    {
        var attempt = new Attempt(who, ++_attempts);
        _underWay[(who.Owner.ProducerId, who.Owner.ProducerEpoch)] = attempt;
        return attempt;
    }

    /// <summary>A coordinator has given a transactional id to an instance, which may not have heard of it yet.</summary>
    public void Given(ProducerInstance who, short epoch)
    {
        if (!_newest.TryGetValue(who.TransactionalId, out var newest) || epoch > newest.Epoch)
        {
            _newest[who.TransactionalId] = (epoch, who);
        }
    }

    /// <summary>A record of an instance has been let into a partition.</summary>
    public void Wrote(object place, Attempt attempt, long producerId)
    {
        var who = attempt.Who;
        if (_newest.TryGetValue(who.TransactionalId, out var newest) && newest.Who.Number > who.Number)
        {
            world.Fault(Checks.Producers, $"{who} has written to {place}, and was replaced by {newest.Who}");
        }

        if (!_open.TryGetValue((place, producerId), out var attempts))
        {
            _open.Add((place, producerId), attempts = []);
        }

        attempts.Add(attempt);
    }

    /// <summary>The same where only the producer's epoch is known.</summary>
    public void Wrote(object place, long producerId, short epoch)
    {
        if (_underWay.TryGetValue((producerId, epoch), out var attempt))
        {
            Wrote(place, attempt, producerId);
        }
    }

    /// <summary>A marker has got into a partition.</summary>
    public void Ended(object place, TransactionEnd end)
    {
        if (!_open.Remove((place, end.ProducerId), out var attempts))
        {
            return;
        }

        foreach (var attempt in attempts)
        {
            if (attempt.Outcome is { } outcome && outcome != end.IsCommit)
            {
                world.Fault(Checks.Torn, $"{attempt} is {Word(end.IsCommit)} in {place}, and was {Word(outcome)} elsewhere");
            }

            if (end.IsCommit && !attempt.IsCommitSent)
            {
                world.Fault(Checks.Promises, $"{attempt} is committed in {place}, and nobody asked for it");
            }

            attempt.Outcome = end.IsCommit;
            Judge(attempt);
        }
    }

    public void Promised(Attempt attempt, bool isCommit)
    {
        attempt.Promised = isCommit;
        Judge(attempt);
    }

    /// <summary>Nobody does anything any more.</summary>
    public void Close()
    {
        foreach (var ((place, _), attempts) in _open)
        {
            world.Fault(Checks.Settling, $"{attempts.First()} is open in {place}, and nobody ends it");
        }
    }

    private static string Word(bool isCommit) => isCommit ? "committed" : "aborted";

    private void Judge(Attempt attempt)
    {
        if (attempt is { Outcome: { } outcome, Promised: { } promised } && outcome != promised)
        {
            world.Fault(Checks.Promises, $"{attempt} was promised to be {Word(promised)}, and is {Word(outcome)}");
        }
    }
}
