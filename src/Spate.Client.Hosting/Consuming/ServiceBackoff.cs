namespace Spate.Client.Hosting.Consuming;

/// <summary>What services that consume wait out, and for how long.</summary>
internal sealed class ServiceBackoff(TimeProvider clock, TimeSpan first, TimeSpan most)
{
    /// <summary>Failures of reading that a new attempt may get over: those of the way to the brokers, and a group that goes on without this member for now.</summary>
    public static bool MayPass(KafkaException failure) =>
        !failure.IsFatal && failure is not KafkaSerializationException && (failure.IsRetriable || failure is KafkaGroupException);

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan After(int failures) => TimeSpan.FromTicks((long)Math.Min(most.Ticks, first.Ticks * Math.Pow(2, failures - 1)));

    /// <summary>False when the program stops before the time is over.</summary>
    public async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(wait, clock, stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
