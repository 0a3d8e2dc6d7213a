What is typed into a container.

  $ lab topology basic --seed 7
  $ kubectl run tools --image=busybox:1.36 -- sleep 3600
  pod/tools created
  $ kubectl wait --for=condition=Ready pod/tools --timeout=60s
  pod/tools condition met

A command reads its standard input to the end.

  $ printf 'b\na\n' | kubectl exec -i tools -- sort
  a
  b
  $ echo one | kubectl exec -i tools -- sh -c 'cat > /tmp/in; cat /tmp/in /tmp/in'
  one
  one
  $ echo 'echo from a shell; exit 3' | kubectl exec -i tools -- sh
  from a shell
  command terminated with exit code 3
  [3]

  $ kubectl exec tools -- sh -c 'echo naïve > /tmp/word; wc -c /tmp/word; wc -c < /tmp/word; wc /tmp/word'
  7 /tmp/word
  7
  1 1 7 /tmp/word

Files travel as archives.

  $ kubectl exec tools -- sh -c 'mkdir -p /tmp/a/b; echo "naïve ✓" > /tmp/a/b/c; echo x > /tmp/a/d; tar cf /tmp/x.tar -C /tmp a'
  $ kubectl exec tools -- tar tf /tmp/x.tar
  a/
  a/b/
  a/b/c
  a/d
  $ kubectl exec tools -- sh -c 'mkdir /tmp/o; tar xf /tmp/x.tar -C /tmp/o; cat /tmp/o/a/b/c /tmp/o/a/d'
  naïve ✓
  x
  $ kubectl exec tools -- tar xf /tmp/x.tar -C /nowhere
  tar: can't change directory to '/nowhere': No such file or directory
  command terminated with exit code 1
  [1]
  $ kubectl exec tools -- sh -c 'tar cf - /nope | wc -c'
  1024
  tar: /nope: No such file or directory
  tar: error exit delayed from previous errors

A path that is longer than an archive's header has room for.

  $ kubectl exec tools -- sh -c 'D=/tmp/long/0123456789012345678901234567890123456789/0123456789012345678901234567890123456789/0123456789; mkdir -p $D; echo deep > $D/file; tar cf /tmp/y.tar -C /tmp long; rm -r /tmp/long; tar xf /tmp/y.tar -C /tmp; cat $D/file'
  deep

There is a terminal only where somebody asked for one.

  $ kubectl exec tools -- stty size
  stty: standard input: Not a tty
  command terminated with exit code 1
  [1]
