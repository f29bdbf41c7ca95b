using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Directories;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Directories;

public sealed class LogDirectoriesTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly RefusingFileSystem _files = new();
    private readonly CollectingLogger _logger = new();
    private readonly List<LogDirectoryFailure> _failures = [];
    private readonly Random _random = new(7);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void New_directories_get_an_owner_and_ids_that_stay()
    {
        Uuid[] ids;
        using (var first = Open("a", "b/c"))
        {
            ids = [.. first.All.Select(directory => directory.Id)];
            Assert.DoesNotContain(Uuid.Zero, ids);
            Assert.NotEqual(ids[0], ids[1]);
            Assert.Equal([".lock", "meta.properties"], Names("a"));
            Assert.All(first.All, directory => Assert.Null(directory.TakeCleanShutdown()));
        }

        using var second = Open("a", "b/c");
        Assert.Equal(ids, second.All.Select(directory => directory.Id));
        Assert.Empty(_logger.Lines);
    }

    [Theory]
    [InlineData("version=0\nbroker.id=1\ncluster.id=cluster\n")]
    [InlineData("version=0\nbroker.id=1\n")]
    [InlineData("version=1\nnode.id=1\ncluster.id=cluster\n")]
    public void A_directory_of_an_older_Kafka_gets_what_it_lacks(string properties)
    {
        Write("a/meta.properties", properties);

        using var directories = Open("a");

        var identity = DirectoryIdentity.Read(_files, directories.All[0].Path);
        Assert.Equal(new DirectoryIdentity("cluster", 1, directories.All[0].Id), identity);
    }

    [Theory]
    [InlineData("cluster.id=other", "1", "'other'", "'cluster'")]
    [InlineData("cluster.id=cluster", "2", "node 2", "node 1")]
    public void A_directory_of_another_is_refused_in_one_sentence(string cluster, string node, string found, string expected)
    {
        Write("a/meta.properties", $"version=1\n{cluster}\nnode.id={node}\n");

        var refused = Assert.Throws<LogDirectoryException>(() => Open("a"));

        Assert.Contains(Path("a/meta.properties"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_start_leaves_no_lock_behind()
    {
        Write("b/meta.properties", "version=1\ncluster.id=other\nnode.id=1\n");
        Assert.Throws<LogDirectoryException>(() => Open("a", "b"));

        File.Delete(Path("b/meta.properties"));
        using var directories = Open("a", "b");

        Assert.Equal(2, directories.Online.Count());
    }

    [Fact]
    public void A_directory_in_use_is_refused_until_it_is_given_back()
    {
        using (Open("a"))
        {
            var refused = Assert.Throws<LogDirectoryException>(() => Open("a"));
            Assert.Contains(Path("a/.lock"), refused.Message, StringComparison.Ordinal);
            Assert.Contains("another broker in this", refused.Message, StringComparison.Ordinal);
            Assert.Contains("log.dirs", refused.Message, StringComparison.Ordinal);
        }

        Open("a").Dispose();
    }

    [Fact]
    public void A_directory_named_twice_is_refused()
    {
        Assert.Contains("twice", Assert.Throws<LogDirectoryException>(() => Open("a", "b/../a/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_directory_is_refused()
    {
        Open("a").Dispose();
        Write("b/meta.properties", File.ReadAllText(Path("a/meta.properties")));

        Assert.Contains("same id", Assert.Throws<LogDirectoryException>(() => Open("a", "b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_cannot_be_read_is_offline_from_the_start_while_the_others_go_on()
    {
        _files.Refuses = path => path.StartsWith(Path("b"), StringComparison.Ordinal);

        using var directories = Open("a", "b", "c");

        Assert.Equal([true, false, true], directories.All.Select(directory => directory.IsOnline));
        Assert.Equal($"Log directory {Path("b")} cannot be used and stays offline: {directories.All[1].OfflineCause!.Message}", Assert.Single(_logger.Lines).Text);
        Assert.Equal(Uuid.Zero, directories.All[1].Id);
        Assert.IsType<IOException>(directories.All[1].OfflineCause);
        Assert.Empty(_failures);
    }

    [Fact]
    public void No_usable_directory_is_no_start()
    {
        _files.Refuses = _ => true;
        var refused = Assert.Throws<LogDirectoryException>(() => Open("a", "b"));
        Assert.Contains(Path("a"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path("b"), refused.Message, StringComparison.Ordinal);
        Assert.All(_logger.Lines, line => Assert.DoesNotContain("others", line.Text, StringComparison.Ordinal));

        Assert.Throws<LogDirectoryException>(() => Open());
    }

    [Fact]
    public void A_new_log_goes_where_the_fewest_are()
    {
        using var directories = Open("a", "b");
        directories.Register(new("t", 0), directories.All[0]);

        Assert.Same(directories.All[1], directories.Place(new("t", 1)));
        Assert.Same(directories.All[0], directories.Place(new("t", 2)));
        Assert.Same(directories.All[1], directories.Place(new("t", 3)));
        Assert.Same(directories.All[1], directories.Place(new("t", 1)));
        Assert.Equal([2, 2], directories.All.Select(directories.CountIn));

        directories.Remove(new("t", 2));
        directories.Remove(new("t", 2));
        Assert.Null(directories.Find(new("t", 2)));
        Assert.Same(directories.All[0], directories.Place(new("t", 4)));
    }

    [Fact]
    public void A_log_in_two_directories_is_refused_with_both_names()
    {
        using var directories = Open("a", "b");
        directories.Register(new("t", 0), directories.All[0]);

        var refused = Assert.Throws<LogDirectoryException>(() => directories.Register(new("t", 0), directories.All[1]));

        Assert.Contains(Path("a"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path("b"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_directory_names_its_partitions_once_and_is_not_touched_again()
    {
        using var directories = Open("a", "b");
        directories.Register(new("t", 0), directories.All[0]);
        directories.Register(new("t", 1), directories.All[1]);
        directories.Register(new("u", 0), directories.All[0]);
        var cause = new IOException("The disk is gone.");
        _files.Touched.Clear();

        Assert.True(directories.Fail(directories.All[0], cause));
        Assert.False(directories.Fail(directories.All[0], new IOException("It is still gone.")));

        var failure = Assert.Single(_failures);
        Assert.Same(directories.All[0], failure.Directory);
        Assert.Same(cause, failure.Cause);
        Assert.Equal([new("t", 0), new("u", 0)], failure.Partitions);
        Assert.False(failure.IsLast);
        Assert.Equal(LogLevel.Error, Assert.Single(_logger.Lines).Level);
        Assert.Empty(_files.Touched);

        // Its partitions stay there; new ones go to those that are left, however full they are.
        Assert.Same(directories.All[0], directories.Place(new("t", 0)));
        Assert.All(Enumerable.Range(10, 5), partition => Assert.Same(directories.All[1], directories.Place(new("t", partition))));
    }

    [Fact]
    public void The_last_failure_says_so_and_nothing_can_be_placed_any_more()
    {
        using var directories = Open("a", "b");

        directories.Fail(directories.All[0], new IOException("one"));
        directories.Fail(directories.All[1], new IOException("two"));

        Assert.Equal([false, true], _failures.Select(failure => failure.IsLast));
        Assert.False(directories.IsAnyOnline);
        Assert.Null(directories.Place(new("t", 0)));
    }

    [Fact]
    public void Of_many_threads_that_meet_the_same_error_one_tells_it()
    {
        using var directories = Open("a", "b");
        var first = 0;

        Parallel.For(0, 64, number =>
        {
            if (directories.Fail(directories.All[0], new IOException($"{number}")))
            {
                Interlocked.Increment(ref first);
            }
        });

        Assert.Equal(1, first);
        Assert.Single(_failures);
    }

    [Fact]
    public void Partitions_are_listed_and_strangers_named()
    {
        using var directories = Open("a");
        foreach (var name in new[] { "t-1", "t-0", "lost+found", "t-2.0123456789abcdef0123456789abcdef-delete" })
        {
            Directory.CreateDirectory(Path("a/" + name));
        }

        var strangers = new List<string>();
        var found = directories.All[0].ListPartitions(strangers);

        Assert.Equal(["t-0", "t-1", "t-2"], found.Select(each => each.Name.Partition.ToString()));
        Assert.Equal(PartitionDirectoryRole.Deleted, found[2].Name.Role);
        Assert.Equal([Path("a/lost+found")], strangers);
    }

    [Fact]
    public void A_clean_stop_is_told_at_the_next_start_once()
    {
        using (var first = Open("a"))
        {
            first.All[0].MarkCleanShutdown(5);
        }

        using (var second = Open("a"))
        {
            Assert.Equal(new CleanShutdown(5), second.All[0].TakeCleanShutdown());
        }

        using var third = Open("a");
        Assert.Null(third.All[0].TakeCleanShutdown());
    }

    private LogDirectories Open(params string[] names) => LogDirectories.Open(new LogDirectoriesOptions
    {
        Files = _files,
        Paths = [.. names.Select(name => _scratch.PathOf(name))],
        ClusterId = "cluster",
        NodeId = 1,
        Random = _random,
        Logger = _logger,
        OnFailure = _failures.Add,
    });

    private string Path(string name) => _scratch.PathOf(name);

    private string[] Names(string name) =>
        [.. Directory.GetFileSystemEntries(Path(name)).Select(path => System.IO.Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }
}
