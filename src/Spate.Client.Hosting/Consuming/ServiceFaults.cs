namespace Spate.Client.Hosting.Consuming;

/// <summary>What can be wrong with the options of a service that consumes.</summary>
internal static class ServiceFaults
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    public static void Throw(string options, IReadOnlyList<string>? topics, int members, TimeSpan backoff, TimeSpan backoffMax)
    {
        var faults = new List<string>();
        if (topics is not { Count: > 0 } || topics.Any(string.IsNullOrEmpty))
        {
            faults.Add("Topics must name one topic at least, and none without a name.");
        }

        if (members is < 1 or > 1000)
        {
            faults.Add($"Members is {members}; it must be from 1 to 1000.");
        }

        if (backoff < TimeSpan.FromMilliseconds(1) || backoff > Longest)
        {
            faults.Add($"RetryBackoff is {backoff}; it must be from 1 ms to 24 days.");
        }

        if (backoffMax < backoff || backoffMax > Longest)
        {
            faults.Add($"RetryBackoffMax is {backoffMax}; it must be from RetryBackoff to 24 days.");
        }

        if (faults.Count > 0)
        {
            throw new KafkaConfigurationException($"{options} cannot be used. {string.Join(' ', faults)}");
        }
    }
}
