namespace Spate.Client.Producing;

/// <summary>Sees to it that no batch outlives <see cref="ProducerOptions.DeliveryTimeout"/> without its callers being told. Belongs to the sender's loop.</summary>
internal sealed class ProducerExpiry(ProducerOptions options, ProduceVerdicts verdicts, ProducerAgenda agenda)
{
    private readonly long _lifetime = agenda.Ticks(options.DeliveryTimeout);

    /// <summary>Ends the batches of a queue whose time is up.</summary>
    public void Expire(PartitionQueue queue)
    {
        while (queue.Oldest is { } oldest && IsOver(oldest))
        {
            queue.TakeOldest();
            verdicts.Expire(oldest, isOnWire: false);
        }

        foreach (var batch in queue.InFlight)
        {
            if (!batch.IsTold && IsOver(batch))
            {
                verdicts.Expire(batch, isOnWire: true);
            }
        }
    }

    /// <summary>Whether the time of a batch is up; if not, the loop comes back when it is.</summary>
    private bool IsOver(ProducerBatch batch)
    {
        if (agenda.Now - batch.CreatedAt >= _lifetime)
        {
            return true;
        }

        agenda.ComeBackAt(batch.CreatedAt + _lifetime);
        return false;
    }
}
