using System.Globalization;

namespace Spate.Storage.Tests.Checkpoints;

/// <summary>How often a randomised test runs: a number that stands in the test, multiplied by SPATE_FUZZ_ROUNDS when that is set.</summary>
internal static class Rounds
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("SPATE_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var factor) ? Math.Max(1, factor) : 1;

    /// <summary>The seeds 1, 2, 3 and so on; the failing one is named in the failure.</summary>
    public static void ForEachSeed(int count, Action<Random> test)
    {
        for (var seed = 1; seed <= count * Factor; seed++)
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Failed with seed {seed}.", failure);
            }
        }
    }
}
