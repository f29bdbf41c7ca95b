using Spate.Cli.Doctor;

namespace Spate.Cli.Tests.Doctor;

public sealed class HostCheckTests
{
    private const string Mounts =
        """
        22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
        40 22 0:35 / /mnt/share\040one rw,relatime shared:7 master:1 - nfs4 filer:/export rw,vers=4.2
        41 22 8:16 / /srv rw,relatime - xfs /dev/sdb rw
        42 22 0:40 / /dev/shm rw - tmpfs tmpfs rw
        """;

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal)
    {
        ["/proc/self/limits"] = "Limit Soft Limit Hard Limit Units\nMax open files            1048576              1048576              files",
        ["/proc/meminfo"] = "MemTotal:       16000000 kB\nMemFree: 100 kB\nMemAvailable:    8000000 kB\nSwapTotal:       2000000 kB",
        ["/proc/pressure/memory"] = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1",
        ["/proc/sys/vm/swappiness"] = "1",
        ["/sys/kernel/mm/transparent_hugepage/enabled"] = "always [madvise] never",
        ["/proc/self/mountinfo"] = Mounts,
        ["/sys/dev/block/8:16/queue/rotational"] = "1",
        ["/sys/dev/block/259:1/queue/rotational"] = "0",
    };

    private int[] _processes = [];

    [Fact]
    public void A_machine_that_is_well_set_up_has_no_findings() => Assert.Empty(OfHost());

    [Fact]
    public void A_machine_of_which_nothing_is_told_has_no_findings()
    {
        _files.Clear();
        Assert.Empty(OfHost());
    }

    [Theory]
    [InlineData("/proc/self/limits", "Max open files            1024              4096              files", "open files", "1024 files", "ulimit -n 100000")]
    [InlineData("/proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 800000 kB", "memory", "781 MiB of 15625 MiB", "ps aux")]
    [InlineData("/proc/pressure/memory", "some avg10=0.00 avg60=25.50 avg300=0.00 total=1", "page cache", "25.5 % of the last minute", "/proc/pressure/memory")]
    [InlineData("/proc/sys/vm/swappiness", "60", "swappiness", "vm.swappiness is 60", "sysctl vm.swappiness=1")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never", "huge pages", "always on", "echo madvise")]
    public void What_is_wrong_is_told_with_what_to_type(string file, string content, string subject, string seen, string next)
    {
        _files[file] = content;
        var finding = Assert.Single(OfHost());
        Assert.Equal(subject, finding.Subject);
        Assert.Contains(seen, finding.Seen, StringComparison.Ordinal);
        Assert.Contains(next, finding.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/spate\0start\0--config\0a", "the broker, process 7, may open 4096 files", "128 MiB of the broker, process 7, are swapped out")]
    [InlineData("java\0-Xmx1G\0kafka.Kafka\0server.properties", "the broker, process 7, may open 4096 files", "128 MiB of the broker, process 7, are swapped out")]
    [InlineData("/usr/bin/spate\0consume\0start")]
    public void Limits_are_those_of_the_brokers_that_run_here(string commandLine, params string[] expected)
    {
        _files["/proc/7/cmdline"] = commandLine;
        _files["/proc/7/limits"] = "Max open files            4096              4096              files";
        _files["/proc/7/status"] = "Name:\tspate\nVmSwap:\t  131072 kB\n";
        _processes = [1, 7];
        Assert.Equal(expected, OfHost().Select(static finding => finding.Seen));
    }

    [Fact]
    public void Swappiness_matters_only_where_there_is_swap()
    {
        _files["/proc/sys/vm/swappiness"] = "60";
        _files["/proc/meminfo"] = "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\nSwapTotal: 0 kB";
        Assert.Empty(OfHost());
    }

    [Theory]
    [InlineData("/var/lib/spate", 50, "")]
    [InlineData("/var/lib/spate", 8, "Warning: 8 B of 100 B are free")]
    [InlineData("/var/lib/spate", 2, "Error: 2 B of 100 B are free")]
    [InlineData("/mnt/share one/data", 50, "Error: it lies on filer:/export, a file system of kind nfs4")]
    [InlineData("/mnt/share", 50, "")]
    [InlineData("/srv/data", 50, "Note: /dev/sdb says that it is a spinning disk")]
    [InlineData("/dev/shm", 50, "Warning: it lies on a file system of kind tmpfs")]
    public void A_data_directory_is_judged_by_what_it_lies_on_and_the_room_there(string directory, long free, string expected)
    {
        var diagnosis = new Diagnosis();
        new DirectoryCheck(new HostFiles(Read), _ => (free, 100), diagnosis).Run(directory);
        var findings = diagnosis.Findings.Select(static finding => $"{finding.Severity}: {finding.Seen}").ToList();
        if (expected.Length == 0)
        {
            Assert.Empty(findings);
        }
        else
        {
            Assert.StartsWith(expected, Assert.Single(findings), StringComparison.Ordinal);
        }
    }

    private string? Read(string path) => _files.GetValueOrDefault(path);

    private List<Finding> OfHost()
    {
        var diagnosis = new Diagnosis();
        new HostCheck(new HostFiles(Read) { Processes = () => _processes }, diagnosis).Run();
        return [.. diagnosis.Findings];
    }
}
