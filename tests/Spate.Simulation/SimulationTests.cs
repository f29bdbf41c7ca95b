using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace Spate.Simulation;

/// <summary>
/// Worlds under seeds: some that stay the same, and one that is new with every run. SPATE_SIMULATION_SEED, _STEPS, _SCENARIO, _SEEDS and _TRACE say which
/// world <see cref="A_world_of_choice_keeps_its_promises"/> runs instead, how many of the seeds that follow, and how much is told; ./simulate sets them.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>Of many seeds that fail, how many are told in full.</summary>
    private const int FailuresTold = 3;

    public static TheoryData<int, string> Worlds
    {
        get
        {
            var worlds = new TheoryData<int, string>();
            foreach (var scenario in SimulationOptions.Scenarios)
            {
                for (var seed = 1; seed <= 4; seed++)
                {
                    worlds.Add(seed, scenario);
                }
            }

            return worlds;
        }
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void Whatever_happens_promises_are_kept(int seed, string scenario) => Hold(new SimulationOptions { Seed = seed, Scenario = scenario });

    [Fact]
    public void A_world_of_choice_keeps_its_promises()
    {
        var seed = Setting("SEED", RandomNumberGenerator.GetInt32(int.MaxValue));
        var scenario = Environment.GetEnvironmentVariable("SPATE_SIMULATION_SCENARIO") ?? SimulationOptions.Everything;
        var failures = new List<SimulationResult>();
        for (var offset = 0; offset < Setting("SEEDS", 1); offset++)
        {
            var result = Run(new SimulationOptions { Seed = seed + offset, Steps = Setting("STEPS", 20_000), Scenario = scenario, TraceLength = Setting("TRACE", 60) });
            if (result.Check is not null)
            {
                output.WriteLine(result.Headline);
                failures.Add(result);
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(FailuresTold)));
    }

    [Fact]
    public void The_same_seed_is_the_same_world()
    {
        var options = new SimulationOptions { Seed = 7, Steps = 3_000 };
        var first = SimulationRun.Run(options);
        var second = SimulationRun.Run(options);
        Assert.Equal((first.Steps, first.Fingerprint), (second.Steps, second.Fingerprint));
        Assert.NotEqual(first.Fingerprint, SimulationRun.Run(options with { Seed = 8 }).Fingerprint);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable("SPATE_SIMULATION_" + name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void Hold(SimulationOptions options)
    {
        var result = Run(options);
        Assert.True(result.Check is null, result.ToString());
    }

    private SimulationResult Run(SimulationOptions options)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = SimulationRun.Run(options);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"seed {options.Seed}, scenario {options.Scenario}: {result.Steps} steps in {seconds:0.0} s");
        return result;
    }
}
