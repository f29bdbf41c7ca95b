namespace Spate.Protocol.Tests.Records;

/// <summary>Damages bytes as a wire or a disk may, from a seed; and runs a test on many of them, naming the seed of the one that failed.</summary>
internal static class Mutation
{
    /// <summary>How many rounds to run: as many as said, times what SPATE_FUZZ_ROUNDS says.</summary>
    public static int Rounds(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("SPATE_FUZZ_ROUNDS"), out var factor) && factor > 0 ? checked(usual * factor) : usual;

    public static void Run(int rounds, Action<Random> test)
    {
        for (var seed = 1; seed <= Rounds(rounds); seed++)
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Failed at seed {seed}: {exception.Message}", exception);
            }
        }
    }

    public static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = (byte[])bytes.Clone();
        for (var times = random.Next(1, 5); times > 0 && damaged.Length > 0; times--)
        {
            var at = random.Next(damaged.Length);
            switch (random.Next(7))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    damaged[at] = 0xFF;
                    break;
                case 3:
                    damaged.AsSpan(at, Math.Min(random.Next(1, 9), damaged.Length - at)).Fill((byte)(random.Next(2) * 0xFF));
                    break;
                case 4:
                    damaged = damaged[..at];
                    break;
                case 5:
                    damaged = [.. damaged[..at], .. damaged[random.Next(damaged.Length)..]];
                    break;
                default:
                    damaged = [.. damaged[..at], (byte)random.Next(256), .. damaged[at..]];
                    break;
            }
        }

        return damaged;
    }
}
