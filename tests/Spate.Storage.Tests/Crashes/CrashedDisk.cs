using Spate.Storage.Files;

namespace Spate.Storage.Tests.Crashes;

/// <summary>
/// The disk that a crash leaves, made from the journal of one. When a process dies, everything that it was told to be done is there, and of the
/// operation under way any part. When power is lost, content is there as of the last flush of the file and names as of the last flush of the
/// directory; of what came after, by the seed: of the names of each directory those up to some moment, as a file system with a journal
/// leaves them, and of the writes to each file any of them, whole or torn, in whatever order.
/// </summary>
internal sealed class CrashedDisk
{
    private readonly Dictionary<int, FileState> _files = [];

    /// <summary>Every directory by the name that the program knows it by.</summary>
    private readonly Dictionary<string, DirectoryState> _directories = new(StringComparer.Ordinal);

    /// <summary>The disk after the first <paramref name="count"/> operations; of the next one, when it is a write, some bytes.</summary>
    public static MemoryFileSystem AfterProcessCrash(IReadOnlyList<DiskOperation> journal, int count, double tornPart = 0)
    {
        var disk = new CrashedDisk();
        for (var index = 0; index < count; index++)
        {
            disk.Apply(journal[index]);
        }

        if (tornPart > 0 && count < journal.Count && journal[count] is DiskOperation.Write torn)
        {
            disk.Apply(torn with { Bytes = torn.Bytes[..(int)(torn.Bytes.Length * tornPart)] });
        }

        return disk.ToFileSystem(static pending => pending, static pending => pending);
    }

    public static MemoryFileSystem AfterPowerLoss(IReadOnlyList<DiskOperation> journal, int count, Random random)
    {
        var disk = new CrashedDisk();
        for (var index = 0; index < count; index++)
        {
            disk.Apply(journal[index]);
        }

        // Each disk has its own luck: sometimes nothing unflushed survives, sometimes nearly everything.
        var luck = random.Next(4) / 3.0;
        return disk.ToFileSystem(
            names => names[..random.Next(names.Count + 1)],
            writes =>
            {
                var survivors = new List<DiskOperation>();
                foreach (var write in writes)
                {
                    if (random.NextDouble() >= luck)
                    {
                        continue;
                    }

                    survivors.Add(write is DiskOperation.Write whole && random.Next(4) == 0
                        ? whole with { Bytes = whole.Bytes[..random.Next(whole.Bytes.Length + 1)] }
                        : write);
                }

                return survivors;
            });
    }

    private void Apply(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.CreateDirectory create:
                DirectoryOf(create.Path);
                break;
            case DiskOperation.Create create:
                _files.Add(create.File, new FileState());
                NamesOf(create.Path).Pending.Add(names => names[Path.GetFileName(create.Path)] = create.File);
                break;
            case DiskOperation.Write write:
                _files[write.File].Pending.Add(write);
                break;
            case DiskOperation.SetLength length:
                _files[length.File].Pending.Add(length);
                break;
            case DiskOperation.Flush flush:
                _files[flush.File].Settle(_files[flush.File].Pending);
                break;
            case DiskOperation.Move move:
                NamesOf(move.Source).Pending.Add(names =>
                {
                    if (names.Remove(Path.GetFileName(move.Source), out var file))
                    {
                        names[Path.GetFileName(move.Destination)] = file;
                    }
                });
                break;
            case DiskOperation.MoveDirectory move:
                var moved = DirectoryOf(move.Source);
                _directories.Remove(move.Source);
                _directories.Add(move.Destination, moved);
                NamesOf(move.Source).Pending.Add(_ => moved.Path = move.Destination);
                break;
            case DiskOperation.Delete delete:
                NamesOf(delete.Path).Pending.Add(names => names.Remove(Path.GetFileName(delete.Path)));
                break;
            case DiskOperation.FlushDirectory flush:
                DirectoryOf(flush.Path).Settle();
                break;
            default:
                throw new InvalidOperationException($"{operation} is not known.");
        }
    }

    private DirectoryState NamesOf(string path) => DirectoryOf(Path.GetDirectoryName(path)!);

    private DirectoryState DirectoryOf(string path)
    {
        if (!_directories.TryGetValue(path, out var state))
        {
            _directories.Add(path, state = new DirectoryState { Path = path });
        }

        return state;
    }

    private MemoryFileSystem ToFileSystem(
        Func<List<Action<Dictionary<string, int>>>, List<Action<Dictionary<string, int>>>> keepNames,
        Func<List<DiskOperation>, List<DiskOperation>> keepWrites)
    {
        var disk = new MemoryFileSystem();
        foreach (var state in _files.Values)
        {
            state.Settle(keepWrites(state.Pending));
        }

        foreach (var state in _directories.Values)
        {
            foreach (var change in keepNames(state.Pending))
            {
                change(state.Names);
            }
        }

        foreach (var state in _directories.Values)
        {
            disk.CreateDirectory(state.Path);
            foreach (var (name, number) in state.Names)
            {
                using var file = disk.Open(Path.Combine(state.Path, name), FileOpening.Replace);
                file.Write(_files[number].Content, 0);
            }
        }

        return disk;
    }

    private sealed class DirectoryState
    {
        /// <summary>The name that it has on the disk.</summary>
        public required string Path { get; set; }

        public Dictionary<string, int> Names { get; } = new(StringComparer.Ordinal);

        public List<Action<Dictionary<string, int>>> Pending { get; } = [];

        public void Settle()
        {
            foreach (var change in Pending)
            {
                change(Names);
            }

            Pending.Clear();
        }
    }

    private sealed class FileState
    {
        public byte[] Content { get; private set; } = [];

        public List<DiskOperation> Pending { get; } = [];

        public void Settle(List<DiskOperation> survivors)
        {
            foreach (var operation in survivors)
            {
                Content = operation switch
                {
                    DiskOperation.SetLength length => Resized(length.Length),
                    DiskOperation.Write write => Written(write),
                    _ => Content,
                };
            }

            Pending.Clear();
        }

        private byte[] Resized(long length)
        {
            var content = Content;
            Array.Resize(ref content, (int)length);
            return content;
        }

        private byte[] Written(DiskOperation.Write write)
        {
            var content = Resized(Math.Max(Content.Length, write.Position + write.Bytes.Length));
            write.Bytes.CopyTo(content, write.Position);
            return content;
        }
    }
}
