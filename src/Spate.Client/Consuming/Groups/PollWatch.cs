namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Notices that nobody has asked for a record in <see cref="ConsumerOptions.MaxPollInterval"/>. It looks now and then at how often the enumeration has come back, so that records need no
/// clock; it is late by a twentieth at most.
/// </summary>
internal sealed class PollWatch(GroupContext group)
{
    private const int LooksInInterval = 20;

    /// <summary>Ends with true when it has been too long, with false when the member goes before that.</summary>
    public async Task<bool> RunAsync(CancellationToken life)
    {
        var clock = group.Cluster.Clock;
        var turns = group.Floor.Turns;
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await Task.Delay(Max(group.Options.MaxPollInterval / LooksInInterval), clock, life).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (group.Floor.IsAsking || group.Floor.Turns != turns)
            {
                turns = group.Floor.Turns;
                since = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(since) >= group.Options.MaxPollInterval)
            {
                return true;
            }
        }
    }

    private static TimeSpan Max(TimeSpan look) => look < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : look;
}
