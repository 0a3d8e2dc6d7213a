# The tools on a machine

Files are as old as the world's clock says.

  $ lab topology single --seed 7
  $ printf 'red\ngreen\nblue\n' > colours
  $ ls -l | awk '{print $6, $7, $9}'
    
  Nov 20 colours
  $ ssh control-plane-1 'ls -l /etc/kubernetes; touch /tmp/x; ls -l /tmp' | awk '/^[-d]/ {print $6, $7, $9}'
  Nov 20 admin.conf
  Nov 20 controller-manager.conf
  Nov 20 kubelet.conf
  Nov 20 manifests/
  Nov 20 pki/
  Nov 20 scheduler.conf
  Nov 20 super-admin.conf
  Nov 20 x

grep takes more than one pattern.

  $ grep -e red -e blue colours
  red
  blue
  $ grep -vce red --regexp=blue colours
  1

crictl shows what containers wrote.

  $ kubectl run talks --image=busybox:1.36 --restart=Never -- sh -c 'echo one; echo two; echo three'
  pod/talks created
  $ lab until 30s '[ "$(kubectl get pod talks -o jsonpath={.status.phase})" = Succeeded ]'
  $ ssh control-plane-1 'crictl logs --tail 2 $(crictl ps -a --name talks -q)'
  two
  three
  $ ssh control-plane-1 crictl logs nowhere
  FATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container "nowhere": not found
  [1]
