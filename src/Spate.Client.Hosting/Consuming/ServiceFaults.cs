namespace Spate.Client.Hosting.Consuming;

/// <summary>What can be wrong with the options of a service that consumes.</summary>
internal static class ServiceFaults
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    public static void Throw(string options, IReadOnlyList<string>? topics, int members, TimeSpan backoff, TimeSpan backoffMax)
    {
        var faults = Find(topics, members, backoff, backoffMax, place: "");
        if (faults.Count > 0)
        {
            throw new KafkaConfigurationException($"{options} cannot be used. {string.Join(' ', faults)}");
        }
    }

    /// <summary>Every fault, in a sentence.</summary>
    /// <param name="topics">The topics to read.</param>
    /// <param name="members">How many members there are.</param>
    /// <param name="backoff">The first wait after a failure.</param>
    /// <param name="backoffMax">The longest.</param>
    /// <param name="place">What stands before the names of properties.</param>
    public static IReadOnlyCollection<string> Find(IReadOnlyList<string>? topics, int members, TimeSpan backoff, TimeSpan backoffMax, string place)
    {
        var faults = new List<string>();
        if (topics is not { Count: > 0 } || topics.Any(string.IsNullOrEmpty))
        {
            faults.Add($"{place}Topics must name one topic at least, and none without a name.");
        }

        if (members is < 1 or > 1000)
        {
            faults.Add($"{place}Members is {members}; it must be from 1 to 1000.");
        }

        if (backoff < TimeSpan.FromMilliseconds(1) || backoff > Longest)
        {
            faults.Add($"{place}RetryBackoff is {backoff}; it must be from 1 ms to 24 days.");
        }

        if (backoffMax < backoff || backoffMax > Longest)
        {
            faults.Add($"{place}RetryBackoffMax is {backoffMax}; it must be from RetryBackoff to 24 days.");
        }

        return faults;
    }
}
