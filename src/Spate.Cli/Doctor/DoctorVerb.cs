using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Doctor;

/// <summary><c>spate doctor</c>.</summary>
internal static class DoctorVerb
{
    public static Command Create(ClusterVerbs verbs)
    {
        var data = new Option<string[]>("--data") { Description = "A data directory on this machine to look at. May be given many times. Default: those of brokers that run here.", HelpName = "directory" };
        var clocks = new Option<bool>("--clocks") { Description = "Measure each broker's clock too: a group of its own is committed for on each broker, and deleted; and look whether NTP keeps this machine's." };
        var verb = new Verb("doctor", "Look for what people lose days on: addresses, partitions, versions, clocks, and this machine's set-up. Status 5 when there are errors.", "spate doctor", "spate doctor --clocks --output json") { data, clocks };
        return verbs.Top(verb, async call =>
        {
            var diagnosis = new Diagnosis();
            var stage = "asking for the brokers' addresses";
            using var line = new ProgressLine(call.Surroundings, () => $"{stage} ...");
            var cluster = await call.Client.Admin.Cluster.DescribeAdvertisedAsync(call.Cancellation);
            call.Answered();
            stage = $"trying the addresses of {cluster.Brokers.Count} brokers";
            var (reached, isHere) = await new AddressCheck(call, diagnosis).RunAsync(cluster);

            // The client goes to any broker with what is asked of the cluster: one that is not reached would hold up the rest, and has been found already.
            if (reached.Count == cluster.Brokers.Count)
            {
                stage = "looking at partitions, directories, versions and clocks";
                await new ClusterCheck(call, diagnosis).RunAsync(reached);
                if (call.Get(clocks))
                {
                    stage = "having each broker write down its time";
                    await new BrokerClocks(call, diagnosis).RunAsync(reached);
                }
            }

            stage = "looking at this machine";
            if (call.Get(clocks))
            {
                new ClockCheck(new KernelClock(), diagnosis).Run();
            }

            IReadOnlyList<string> directories = call.Get(data) is { Length: > 0 } given ? [.. given.Select(Path.GetFullPath)] : isHere ? await DirectoriesHereAsync(call, reached) : [];
            if (isHere || directories.Count > 0)
            {
                new HostCheck(HostFiles.OfMachine, diagnosis).Run();
            }
            else
            {
                diagnosis.Add(Severity.Note, "this machine", "no broker of the cluster runs here", "How machines are set up, and their disks, can only be looked at on them.", "spate doctor   # on each broker's machine");
            }

            foreach (var directory in directories)
            {
                new DirectoryCheck(HostFiles.OfMachine, SpaceOf, diagnosis).Run(directory);
            }

            line.Dispose();
            DiagnosisWriter.Write(diagnosis, call);
            return diagnosis.HasErrors ? ExitCode.Unhealthy : ExitCode.Success;
        });
    }

    /// <summary>Directories of brokers that are there on this machine too.</summary>
    private static async Task<IReadOnlyList<string>> DirectoriesHereAsync(ClusterCall call, IReadOnlyList<BrokerDescription> brokers)
    {
        var described = await call.Client.Admin.LogDirs.DescribeAsync([.. brokers.Select(static broker => broker.Id)], call.Cancellation);
        return [.. described.Values.Where(static answer => answer.IsSuccess).SelectMany(static answer => answer.Value.Keys).Where(Directory.Exists).Distinct(StringComparer.Ordinal)];
    }

    private static (long Free, long Total)? SpaceOf(string directory)
    {
        try
        {
            var volume = new DriveInfo(directory);
            return (volume.AvailableFreeSpace, volume.TotalSize);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
