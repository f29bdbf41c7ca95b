// Each test runs a broker and clients of its own; more of them at once than this only makes all of them wait.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
