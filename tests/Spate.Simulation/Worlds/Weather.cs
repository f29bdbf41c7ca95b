namespace Spate.Simulation.Worlds;

/// <summary>
/// How much goes wrong, as probabilities. Each seed has its own: in some worlds only one thing ever goes wrong, so that what comes after it is
/// seen undisturbed, in others everything does.
/// </summary>
internal sealed class Weather
{
    /// <summary>A request or its answer is lost.</summary>
    public double Loss { get; private set; }

    /// <summary>A request that may come twice or late does.</summary>
    public double Repetition { get; private set; }

    /// <summary>A log refuses an append.</summary>
    public double Refusal { get; private set; }

    /// <summary>A log cannot say what became of an append, or cannot be read.</summary>
    public double Failure { get; private set; }

    /// <summary>An append takes seconds.</summary>
    public double Hang { get; private set; }

    /// <summary>An append takes milliseconds, instead of being there at once.</summary>
    public double Delay { get; private set; }

    /// <summary>The longest that a message takes.</summary>
    public TimeSpan Latency { get; private set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long nodes live on average; a part of them leads elsewhere more often than it dies.</summary>
    public TimeSpan MeanLife { get; private set; }

    public TimeSpan MeanLeadership { get; private set; }

    public TimeSpan MeanCompaction { get; private set; } = TimeSpan.FromSeconds(40);

    /// <summary>Nothing goes wrong any more.</summary>
    public bool IsCalm { get; private set; }

    public static Weather Of(Random random)
    {
        var weather = new Weather
        {
            Loss = Some(0.05),
            Repetition = Some(0.1),
            Refusal = Some(0.1),
            Failure = Some(0.02),
            Hang = Some(0.02),
            Delay = Some(1),
            MeanLife = Every(30, 300),
            MeanLeadership = Every(8, 120),
            MeanCompaction = TimeSpan.FromSeconds(random.Next(10, 120)),
        };
        if (random.Next(2) == 0)
        {
            weather.Latency = TimeSpan.FromMilliseconds(random.Next(20, 1500));
        }

        return weather;

        double Some(double most) => random.Next(2) == 0 ? 0 : random.NextDouble() * most;

        TimeSpan Every(int least, int most) => random.Next(3) == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(random.Next(least, most));
    }

    public void Calm()
    {
        (IsCalm, Loss, Repetition, Refusal, Failure, Hang) = (true, 0, 0, 0, 0, 0);
        Latency = TimeSpan.FromMilliseconds(20);
        (MeanLife, MeanLeadership, MeanCompaction) = (TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
    }
}
