using Spate.Simulation.Canaries;
using Spate.Simulation.Worlds;

namespace Spate.Simulation;

/// <summary>
/// Bugs that are planted from outside, each of which must be found by the check that is meant for it. A check that finds nothing in a world with
/// its bug would find nothing anywhere.
/// </summary>
public sealed class CanaryTests
{
    /// <summary>As many as are looked at until one shows the bug.</summary>
    private const int Worlds = 40;

    public static TheoryData<string, string, string> Bugs => new()
    {
        { nameof(ForgetfulLog), "consumers", Checks.Replay },
        { nameof(CompactsToTheFirst), "consumers", Checks.Replay },
        { nameof(UnfencedLog), "consumers", Checks.Appends },
        { nameof(ShortReplay), "consumers", Checks.Epochs },
        { nameof(BrokenDisk), "consumers", Checks.Breakage },
        { nameof(EarlyRevocation), "consumers", Checks.Owners },
        { nameof(LateCommits), "consumers", Checks.Offsets },
        { nameof(LostMarkers), "transactions", Checks.Torn },
        { nameof(DeafPartition), "transactions", Checks.Settling },
        { nameof(LateMarkers), "transactions", Checks.Torn },
        { nameof(ReadsAll), "transactions", Checks.Promises },
        { nameof(BelievesProducers), "transactions", Checks.Producers },
        { nameof(TakesDuplicates), "transactions", Checks.ExactlyOnce },
        { nameof(EarlySurrender), "streams", Checks.Owners },
        { nameof(Boasts), "streams", Checks.Warmth },
        { nameof(OldNews), "streams", Checks.Settling },
        { nameof(ShortReplay), "streams", Checks.Epochs },
        { nameof(ForgetfulLog), "streams", Checks.Replay },
        { nameof(UnfencedShares), "shares", Checks.Deliveries },
        { nameof(EmptyPromises), "shares", Checks.Ledger },
        { nameof(BeginsAnew), "shares", Checks.Deliveries },
        { nameof(ShortReplay), "shares", Checks.Epochs },
        { nameof(ForgetfulLog), "shares", Checks.Replay },
        { nameof(ImpatientLocks), "shares", Checks.Holders },
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found_by_the_check_that_is_meant_for_it(string bug, string scenario, string check)
    {
        var found = Enumerable.Range(1, Worlds)
            .Select(seed => SimulationRun.Run(Options(seed, scenario, check), Plant(bug)).Check ?? "nothing");
        Assert.Contains(check, found);
    }

    /// <summary>What is left alone is looked at only by the check that is about it: to settle takes longer than all that goes before.</summary>
    private static SimulationOptions Options(int seed, string scenario, string check) =>
        new() { Seed = seed, Steps = 4_000, Scenario = scenario, TraceLength = 0, Settles = check == Checks.Settling };

    private static Sabotage Plant(string bug) =>
        (Sabotage)Activator.CreateInstance(typeof(Sabotage).Assembly.GetType($"{typeof(Sabotage).Namespace}.{bug}", throwOnError: true)!)!;
}
